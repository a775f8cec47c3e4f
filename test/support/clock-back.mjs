// Preloaded into a push: at SIGUSR2 somebody sets the clock back by an hour.
const { now } = Date;
const OriginalDate = Date;
process.once('SIGUSR2', () => {
  const set = () => now() - 3_600_000;
  globalThis.Date = class extends OriginalDate {
    constructor(...args) {
      super(...(args.length === 0 ? [set()] : args));
    }
    static now() {
      return set();
    }
  };
});
