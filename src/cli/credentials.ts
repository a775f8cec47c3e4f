import { isSecret, type SecretName } from '../core/vendor.js';
import type { Environment } from '../io/secrets.js';
import type { Host } from './host.js';
import { wasTyped } from './next-command.js';

interface From {
  readonly envFile?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * What to look at where a vendor refuses the account: each credential's variable and where it was set, never what it
 * holds. `env` is the environment with the file below it.
 */
export function credentialsText(
  host: Host,
  names: readonly SecretName[],
  env: Environment,
  { envFile = '', profile }: From,
): string {
  const own = profile === undefined || wasTyped(host, 'envFile') ? '--env-file' : `env_file of ${profile}`;
  const isSet = (variable: string): boolean => (env[variable] ?? '').trim() !== '';
  const placeOf = (variable: string): string =>
    host.env[variable] === undefined ? `${envFile} (${own})` : 'the environment';
  const found = names.filter(isSecret).flatMap(({ name }) => {
    if (isSet(name)) return [`${name}, from ${placeOf(name)}`];
    const variable = `${name}_FILE`;
    return isSet(variable)
      ? [`${name}, from ${env[variable] ?? ''} (${variable} in ${placeOf(variable)})`]
      : [];
  });
  return ['check the credential', ...found].join(found.length === 1 ? ': ' : '; ');
}
