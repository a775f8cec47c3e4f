import { prefixOf } from '../core/origin.js';
import type { ClaimedRow } from '../core/row.js';
import { isSecret, type Vendor } from '../core/vendor.js';
import { preparedFor } from '../sales/prepare.js';
import { encodeBody, pathOf } from '../io/http/request-text.js';
import { dummySecrets } from '../io/secrets.js';

/** A request as it would be sent, each secret, and what is not set, replaced by its name. */
export interface Preview {
  readonly row: ClaimedRow;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The requests of planned rows. */
export function previewRequests(
  rows: readonly ClaimedRow[],
  vendor: Vendor,
  baseUrl: URL,
  secrets: Readonly<Record<string, string>>,
  confirm = false,
): readonly Preview[] {
  // Names of letters and underscores survive every encoding, so that the mark can be put in afterwards.
  const marked = (text: string): string => text.replace(/__([A-Z_]+?)__/g, '[$1]');
  const dummies = dummySecrets(vendor.secrets);
  const placeholders = Object.fromEntries(
    vendor.secrets
      .filter(({ name }) => name in secrets)
      .map((one) => {
        const { [one.name]: value = '' } = secrets;
        const isShown = !isSecret(one) && (one.default !== undefined || value !== dummies[one.name]);
        return [one.name, isShown ? value : `__${one.name}__`];
      }),
  );
  const own = vendor.columns.flatMap(({ kind }) => (kind.is === 'secret' ? [kind.secret] : []));
  const ownPlaceholders = ({ sealed }: ClaimedRow): Record<string, string> =>
    Object.fromEntries(sealed === undefined ? [] : own.map((name) => [name, `__${name}__`]));
  return rows.map((row) => {
    const prepared = preparedFor(row, vendor, confirm);
    const request = vendor.authorize(prepared.request, { ...placeholders, ...ownPlaceholders(row) });
    const headers = Object.entries(request.headers).map(([name, value]) => [name, marked(value)]);
    return {
      row,
      method: request.method,
      url: marked(baseUrl.origin + prefixOf(baseUrl) + pathOf(request)),
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: marked(encodeBody(request.body).text),
    };
  });
}
