import type { ClaimedRow, Ledger } from '../core/ports.js';
import type { Vendor } from '../core/vendor.js';
import { requestFor } from '../engine/map.js';
import type { PlannedRun } from '../engine/run.js';
import { encodeBody } from '../io/http.js';

/** A request as it would be sent, each secret replaced by its name. */
export interface Preview {
  readonly row: ClaimedRow;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PREVIEWS = 3;

/** The first requests of a planned run. */
export async function previewRequests(
  ledger: Ledger,
  planned: PlannedRun,
  vendor: Vendor,
  baseUrl: URL,
): Promise<readonly Preview[]> {
  // Names of letters and underscores survive every encoding, so that the mark can be put in afterwards.
  const placeholders = Object.fromEntries(vendor.secrets.map(({ name }) => [name, `__${name}__`]));
  const marked = (text: string): string => text.replace(/__([A-Z_]+?)__/g, '[$1]');
  const rows = await ledger.planned(planned.run, PREVIEWS);
  return rows.map((row) => {
    const request = vendor.authorize(requestFor(row, vendor, planned.staged.mappings), placeholders);
    const headers = Object.entries(request.headers).map(([name, value]) => [name, marked(value)]);
    return {
      row,
      method: request.method,
      url: marked(baseUrl.href.replace(/\/$/, '') + request.path),
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: marked(encodeBody(request.body).text),
    };
  });
}
