import type { Command } from 'commander';
import { script, ShellCompDirective } from '@bomb.sh/tab';
import { completionsFor } from './completions.js';
import { Console } from './console.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * What `source <(revsync completion bash)` runs. That of @bomb.sh/tab evaluates what has been typed, `$(…)` in it
 * too, needs the bash-completion package, complains when it is read twice, and never offers a file. This one runs on
 * bash alone and goes by the same answers.
 */
const BASH_COMPLETION = `# bash completion for revsync
_revsync() {
  local words=() word line before joined= directive=0
  # Bash breaks words at these marks too.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    word=\${word//[\\\\\\"\\']/}
    if [[ -n $joined || $word =~ ^[=:@]+$ ]] && (( \${#words[@]} > 0 )); then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    [[ $word =~ ^[=:@]+$ ]] && joined=yes || joined=
  done
  # Of a word with a colon in it, bash puts in what stands behind that.
  before=\${words[\${#words[@]} - 1]#--*=}
  [[ $before == *:* ]] && before=\${before%:*}: || before=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*)
        line=\${line%%$'\\t'*}
        printf -v line %q "\${line#"$before"}"
        COMPREPLY+=("$line")
        ;;
    esac
  done < <(revsync completion complete -- "\${words[@]}" 2>/dev/null)
  if (( directive & 4 )); then
    compopt +o default +o bashdefault 2>/dev/null
  fi
  if (( directive & 2 )); then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o default -o bashdefault -F _revsync revsync
`;

/** `revsync completion SHELL`: the script that lets a shell ask `revsync completion complete`. */
export async function completion(host: Host, shell: Shell): Promise<number> {
  const console = new Console(host);
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
  const { atHand } = await import('./at-hand.js');
  const { suggestions, files } = await completionsFor(program, words, atHand(host));
  const lines = suggestions.map(({ word, about }) => (about === '' ? `${word}\n` : `${word}\t${about}\n`));
  const {
    ShellCompDirectiveDefault: withFiles,
    ShellCompDirectiveNoFileComp: withoutFiles,
    ShellCompDirectiveNoSpace: goesOn,
  } = ShellCompDirective;
  const mayGoOn = suggestions.some(({ word }) => word.endsWith('='));
  const directive = (files ? withFiles : withoutFiles) | (mayGoOn ? goesOn : 0);
  await new Console(host).print(`${lines.join('')}:${directive}\n`);
  return EXIT.done;
}
