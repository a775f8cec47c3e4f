import { expect, it } from 'vitest';
import { reasonOf } from '../../src/io/ledger/shared/reasons.js';

it("a database's certificate that nobody trusts is told of without options of Node", () => {
  const told =
    'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca';
  expect(reasonOf('DEPTH_ZERO_SELF_SIGNED_CERT', told)).toMatch(
    /^the server's certificate is not taken \(self-signed certificate\); name the host /,
  );
});
