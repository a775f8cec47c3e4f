import { glob } from 'tinyglobby';

/** What revsync writes beside a file is no file to push, unless a pattern says so. */
const WRITTEN = /\.(results|breaks)\.csv$/i;

/** The files that match patterns of a folder, absolute, in the order of their names. */
export async function filesMatching(patterns: readonly string[], folder: string): Promise<string[]> {
  const found = await glob([...patterns], { cwd: folder, absolute: true, expandDirectories: false });
  const isMeant = patterns.some((pattern) => WRITTEN.test(pattern));
  return found.filter((path) => isMeant || !WRITTEN.test(path)).sort();
}
