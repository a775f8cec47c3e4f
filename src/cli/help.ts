import type { Command } from 'commander';
import type { CommandName } from '../io/setting.js';
import { EXAMPLES } from './examples.js';

/** What only a help shows. */
export function addHelp(program: Command): void {
  for (const command of program.commands) {
    const examples = EXAMPLES[command.name() as CommandName];
    const lines = examples.map((example) => `  ${example.command}\n      ${example.does}\n`);
    command.addHelpText('after', `\nExamples:\n${lines.join('')}`);
  }
}
