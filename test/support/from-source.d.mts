export function fromSource(...names: string[]): Promise<Record<string, unknown>>;
export function builtFrom(...names: string[]): Promise<string>;
