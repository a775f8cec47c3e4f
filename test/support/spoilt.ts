/** What stands in for functions of a module, given the sound ones. */
export type Spoilt<M> = { readonly [N in keyof M]?: (sound: M[N]) => M[N] };

/** A module with whatever is planted in `faults` when one of its functions is called; its classes are as they were. */
function spoilt<M extends object>(sound: M, faults: Spoilt<M>): M {
  return Object.fromEntries(
    Object.entries(sound).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'function' || /^[A-Z]/.test(name)) return [name, value];
      const called = (...args: unknown[]): unknown => {
        const plant = (faults as Record<string, ((sound: unknown) => unknown) | undefined>)[name];
        return ((plant === undefined ? value : plant(value)) as (...args: unknown[]) => unknown)(...args);
      };
      return [name, called];
    }),
  ) as M;
}

/** For several modules: what is planted in each, by a name for it, and each of them with that. */
export function spoiling<F extends Readonly<Record<string, object>>>(faults: F) {
  return {
    faults,
    spoilt: <M extends object>(sound: M, of: keyof F): M => spoilt(sound, faults[of] as Spoilt<M>),
  };
}

/** Leaves nothing planted. */
export function clear(faults: Readonly<Record<string, object>>): void {
  for (const module of Object.values(faults))
    for (const name of Object.keys(module)) Reflect.deleteProperty(module, name);
}
