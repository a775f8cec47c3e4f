import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { VERSION } from './version.js';

/** A bug with the stack that led to it, in lines of the sources where the files that run have a map of them. */
export function tracedText(bug: unknown): string {
  const stack = bug instanceof Error ? (bug.stack ?? String(bug)) : String(bug);
  const traced = stack.replace(
    /([^\s()]+\.js):(\d+):(\d+)/g,
    (place, file: string, line: string, column: string) =>
      existsSync(`${file}.map`) ? sourceOf(file, Number(line), Number(column)) : place,
  );
  return `${traced}\n\nrevsync ${VERSION}, Node.js ${process.version}`;
}

function sourceOf(file: string, line: number, column: number): string {
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  const found = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) return `${file}:${line}:${column}`;
  const { originalSource, originalLine, originalColumn } = found;
  return `${originalSource.replace(/^(\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`;
}
