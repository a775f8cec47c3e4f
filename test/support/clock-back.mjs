// Preloaded into a push: half a second after the start, somebody sets the clock back by an hour.
const { now } = Date;
const OriginalDate = Date;
setTimeout(() => {
  const set = () => now() - 3_600_000;
  globalThis.Date = class extends OriginalDate {
    constructor(...args) {
      super(...(args.length === 0 ? [set()] : args));
    }
    static now() {
      return set();
    }
  };
}, 500).unref();
