import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMANDS, type CommandSpec } from '../../src/cli/commands.js';
import { completionsFor } from '../../src/cli/completions.js';
import { buildProgram } from '../../src/cli/program.js';
import { SETTINGS, settingsOn } from '../../src/cli/settings.js';
import { configSchema, profileSchema } from '../../src/io/schema.js';
import type { CommandName, Setting } from '../../src/io/setting.js';
import { NOTHING_AT_HAND } from '../support/at-hand.js';
import { testHost } from '../support/host.js';
import { withParts } from '../support/doc-parts.js';

const INVENTED: Setting = {
  flag: '--weather <kind>',
  key: 'weather',
  kind: { is: 'choice', of: ['rain', 'snow'] },
  group: 'Sending',
  on: ['push', 'runs'],
  about: 'what it is like outside',
  default: 'rain',
  env: 'REVSYNC_WEATHER',
  but: { runs: { about: 'what it was like outside', default: undefined } },
};
const WITH_INVENTED = { ...SETTINGS, weather: INVENTED };

describe('a setting that is added to the table, and nowhere else', () => {
  it('is an option of its commands, under its heading where there are headings', () => {
    const program = buildProgram(testHost(), () => undefined, COMMANDS, WITH_INVENTED);
    const helpOf = (name: string): string =>
      program.commands.find((command) => command.name() === name)?.helpInformation() ?? '';
    const push = helpOf('push').replace(/\n {20,}/g, ' ');
    expect(/^Sending:\n(?: {2}.*\n)*/m.exec(push)?.[0]).toContain(
      'what it is like outside (env: REVSYNC_WEATHER) (choices: "rain", "snow", default: "rain")',
    );
    expect(helpOf('runs').replace(/\s+/g, ' ')).toContain(
      '--weather <kind> what it was like outside (env: REVSYNC_WEATHER) (choices: "rain", "snow")',
    );
    expect(helpOf('reconcile')).not.toContain('--weather');
  });

  it('is a key of profiles, validated and in the JSON schema', () => {
    const profile = profileSchema(WITH_INVENTED);
    expect(profile.parse({ vendor: 'acme', weather: 'snow' })).toEqual({ vendor: 'acme', weather: 'snow' });
    expect(profile.safeParse({ vendor: 'acme', weather: 'hail' }).error?.issues).toMatchObject([
      { path: ['weather'], message: 'one of rain, snow' },
    ]);
    expect(profileSchema(SETTINGS).safeParse({ vendor: 'acme', weather: 'snow' }).success).toBe(false);
    expect(JSON.stringify(z.toJSONSchema(configSchema(profile), { io: 'input' }))).toContain(
      '"weather":{"type":"string","enum":["rain","snow"],"description":"What it is like outside"}',
    );
  });

  it('is completed, with its values', async () => {
    const program = buildProgram(testHost(), () => undefined, COMMANDS, WITH_INVENTED);
    expect((await completionsFor(program, ['push', '--wea'], NOTHING_AT_HAND)).suggestions).toEqual([
      { word: '--weather', about: 'what it is like outside (env: REVSYNC_WEATHER)' },
    ]);
    expect((await completionsFor(program, ['push', '--weather', 's'], NOTHING_AT_HAND)).suggestions).toEqual([
      { word: 'snow', about: '' },
    ]);
  });

  it('is in the documents', () => {
    const part = (name: string): string =>
      withParts(`<!-- ${name} -->\n<!-- /${name} -->`, { settings: WITH_INVENTED });
    const commands = part('commands').split(/^## /m);
    const told = (command: string): string => commands.find((one) => one.startsWith(`${command}\n`)) ?? '';
    expect(told('push')).toContain(
      '\n| `--weather <kind>` | what it is like outside (rain, snow); rain if not given (env: REVSYNC_WEATHER) |\n',
    );
    expect(told('runs')).toContain(
      '\n| `--weather <kind>` | what it was like outside (rain, snow) (env: REVSYNC_WEATHER) |\n',
    );
    expect(part('profile')).toContain('\n| `weather` | `--weather` | What it is like outside |\n');
  });
});

describe('a command that is added to the list, and nowhere else', () => {
  const dance: CommandSpec = {
    name: 'dance' as CommandName,
    about: 'go round in circles',
    group: 'Look',
    argument: { flag: '<partner>', about: 'with whom', kind: { is: 'vendor' } },
    load: () =>
      Promise.resolve((_host: object, partner: string) => Promise.resolve(partner === 'tldcrm' ? 7 : 8)),
  };

  it('is run, with its exit code, and completed', async () => {
    const codes: number[] = [];
    const program = buildProgram(testHost(), (code) => codes.push(code), [...COMMANDS, dance]);
    await program.parseAsync(['dance', 'tldcrm'], { from: 'user' });
    expect(codes).toEqual([7]);
    expect(program.helpInformation()).toMatch(/^ {2}dance <partner> +go round in circles$/m);
    expect((await completionsFor(program, ['dance', 'tld'], NOTHING_AT_HAND)).suggestions).toMatchObject([
      { word: 'tldcrm' },
    ]);
  });
});

describe('the table of settings', () => {
  it('names each option as commander does', () => {
    const program = buildProgram(testHost(), () => undefined);
    for (const command of program.commands)
      expect(command.options.map((option) => option.attributeName())).toEqual(
        settingsOn(command.name()).map(({ name }) => name),
      );
  });

  it('names commands that there are', () => {
    const names = COMMANDS.map(({ name }) => name);
    for (const { on } of Object.values<Setting>(SETTINGS))
      expect(names).toEqual(expect.arrayContaining([...on]));
  });
});
