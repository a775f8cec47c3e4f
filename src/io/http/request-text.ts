import { unreachable } from '../../core/result.js';
import type { RequestBody, VendorRequest } from '../../core/vendor.js';

/** The path with its query. */
export function pathOf({ path, query }: VendorRequest): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`;
}

/** No `type` where there is no body. */
export function encodeBody(body: RequestBody): { text: string; type?: string } {
  switch (body.kind) {
    case 'form':
      return { text: new URLSearchParams(body.fields).toString(), type: 'application/x-www-form-urlencoded' };
    case 'json':
      return { text: JSON.stringify(body.value), type: 'application/json' };
    case 'none':
      return { text: '' };
    default:
      return unreachable(body);
  }
}
