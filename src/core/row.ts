/** The columns after the source's own. A contract: never renamed, never reordered. */
export const RESULT_COLUMNS = [
  'revsync_line',
  'revsync_key',
  'revsync_action',
  'revsync_status',
  'revsync_amount',
  'revsync_previous_amount',
  'revsync_http_status',
  'revsync_error_code',
  'revsync_error',
  'revsync_vendor_ref',
  'revsync_corrects_ref',
  'revsync_warning',
  'revsync_attempts',
  'revsync_sent_at',
  'revsync_run',
] as const;
