import { withoutAdvice } from '../../certificate-fault.js';

/* What a failure of the database, or of the way to it, is to someone, with what to do. */

const AWAY =
  'check the address, that the server runs there, and that it takes connections from this machine; then run the same command again';
const PASSWORD =
  'put it into PGPASSWORD, a file named by PGPASSFILE, or the address in REVSYNC_LEDGER, and check the name before the @';

/** By the code of the server, of the system or of the certificate. */
const REMEDIES: readonly (readonly [code: RegExp, says: (message: string) => string])[] = [
  [
    /^(3F000|42P01)$/,
    () =>
      'there is no ledger in this database that this role may use; `revsync ledger init` makes one, and --pusher lets a role use it',
  ],
  [
    /^42501$/,
    (message) => `${message}; \`revsync ledger init --pusher ROLE\` gives a role what a push needs`,
  ],
  [/^42704$/, (message) => `${message}; make it first, such as by create role NAME login`],
  [/^28P01$/, (message) => `the database does not take the password (${message}); ${PASSWORD}`],
  [
    /^28000$/,
    (message) =>
      `the database does not let this role in (${message}); check the name before the @ and the server's pg_hba.conf`,
  ],
  [
    /^3D000$/,
    (message) =>
      `${message}; check its name, or make it, such as by createdb, and then \`revsync ledger init\``,
  ],
  [
    /^25006$/,
    () => 'the server is a standby, which takes nothing; name the primary, and nothing is sent until then',
  ],
  [
    /^25P03$/,
    () =>
      'this machine stood still while others waited for it, so that the server let go of it; run the same command again',
  ],
  [
    /^53300$/,
    (message) => `the server has no connection left (${message}); run the same command again later`,
  ],
  [
    /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|ENOENT|EPIPE)/,
    (message) => `the database cannot be reached (${message}); ${AWAY}`,
  ],
  [
    /CERT|^UNABLE_TO_|^ERR_TLS/,
    (message) =>
      `the server's certificate is not taken (${withoutAdvice(message)}); name the host as the certificate does, and its authority with sslrootcert=FILE`,
  ],
];

/** What the driver has no code for. */
const SAID: readonly (readonly [message: RegExp, says: string])[] = [
  [/^Query read timeout$/, 'the database gave no answer in time'],
  [/timeout/i, `the database cannot be reached (no answer in time); ${AWAY}`],
  [/password must be a (non-empty )?string/, `the database asks for a password; ${PASSWORD}`],
  [
    /does not support SSL/,
    'the server does not encrypt, which it has to off this machine; set ssl = on there, with a certificate',
  ],
  [/^Connection terminated/, 'the connection to the database was lost'],
];

export function reasonOf(code: string, message: string): string {
  // Of a host with several addresses there is a message for each, and none of all.
  const text = message === '' ? code : message;
  const known = REMEDIES.find(([codes]) => codes.test(code));
  if (known !== undefined) return known[1](text);
  return SAID.find(([said]) => said.test(text))?.[1] ?? text;
}
