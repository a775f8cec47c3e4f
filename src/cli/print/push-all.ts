import { plural } from '../../core/text.js';
import { type Paint, plain } from '../console.js';
import { EXIT } from '../exit-codes.js';
import { exitText } from './ends.js';

/** How the push of a profile ended among others. */
export interface ProfileEnd {
  readonly profile: string;
  readonly exitCode: number;
  readonly says: string | undefined;
  /** Its own closing words. */
  readonly text: string;
}

/** What each has to say, and a line for each of them: with `quiet` of those alone that did not end well. */
export function allText(ends: readonly ProfileEnd[], paint: Paint, quiet: boolean): string[] {
  const shown = quiet ? ends.filter(({ exitCode }) => exitCode !== EXIT.done) : ends;
  const width = Math.max(0, ...shown.map(({ profile }) => profile.length));
  const well = ends.filter(({ exitCode }) => exitCode === EXIT.done).length;
  return [
    ...shown.flatMap(({ profile, text }) => (text === '' ? [] : [paint.bold(plain(`${profile}:`)), text])),
    paint.bold(`${well} of ${plural(ends.length, 'profile')} all done`),
    ...shown.map((end) => endLine(end, width, paint)),
  ];
}

function endLine({ profile, exitCode, says }: ProfileEnd, width: number, paint: Paint): string {
  const why = says === undefined ? '' : `: ${says}`;
  const line = plain(`  ${profile.padEnd(width)}  ${exitText(exitCode)}${why}`);
  return exitCode === EXIT.done ? paint.green(line) : paint.yellow(line);
}
