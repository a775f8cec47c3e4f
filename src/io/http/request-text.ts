import { unreachable } from '../../core/result.js';
import type { ExactNumber, RequestBody, VendorRequest } from '../../core/vendor.js';

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
      return { text: jsonOf(body.value), type: 'application/json' };
    case 'none':
      return { text: '' };
    default:
      return unreachable(body);
  }
}

/** As JSON.stringify writes it, but for exact numbers, which it has no way to write. */
function jsonOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => jsonOf(one ?? null)).join(',')}]`;
  if (isExact(value)) return value.exact;
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${jsonOf(one)}`).join(',')}}`;
}

/** Texts of a file never make an object, so none can pass for a number here. */
function isExact(value: object): value is ExactNumber {
  return 'exact' in value && typeof value.exact === 'string' && /^-?\d+(\.\d+)?$/.test(value.exact);
}
