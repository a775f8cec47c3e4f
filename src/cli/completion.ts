import type { Command } from 'commander';
import { script, ShellCompDirective } from '@bomb.sh/tab';
import { BASH_COMPLETION } from './bash-completion.js';
import { completionsFor } from './completions.js';
import { Console } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/** `revsync completion SHELL`: the script that lets a shell ask `revsync completion complete`. */
export async function completion(host: Host, shell: Shell): Promise<number> {
  const console = new Console(host, undefined);
  if (shell === 'bash') await console.print(BASH_COMPLETION);
  else await console.print(scriptOf(shell));
  return EXIT.done;
}

/** It prints by itself, and at once: nothing else does meanwhile. */
function scriptOf(shell: Shell): string {
  const { log } = globalThis.console;
  let text = '';
  globalThis.console.log = (line: string) => void (text += `${line}\n`);
  try {
    script(shell, 'revsync', 'revsync completion');
  } finally {
    globalThis.console.log = log;
  }
  return text;
}

/**
 * `revsync completion complete -- WORDS…`: a line for each suggestion, with a tab before what it is about, and a last
 * one that says whether files may stand there too. The scripts read it; it is the protocol of Go's cobra.
 */
export async function complete(host: Host, words: readonly string[], program: Command): Promise<number> {
  const { suggestions, files } = completionsFor(program, words);
  const lines = suggestions.map(({ word, about }) => (about === '' ? `${word}\n` : `${word}\t${about}\n`));
  const { ShellCompDirectiveDefault: withFiles, ShellCompDirectiveNoFileComp: withoutFiles } =
    ShellCompDirective;
  await new Console(host, undefined).print(`${lines.join('')}:${files ? withFiles : withoutFiles}\n`);
  return EXIT.done;
}
