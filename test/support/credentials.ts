/** A credential of every vendor, which the fakes take. */
export const CREDENTIALS = {
  CONVOSO_AUTH_TOKEN: 'tok3n/Geheim+42=',
  TRACKDRIVE_API_KEY: 'public:private',
  TLDCRM_API_ID: 'an-id',
  TLDCRM_API_KEY: 'a-key',
  INVOCA_OAUTH_TOKEN: 'an-oauth-token',
  RINGBA_API_TOKEN: 'an-api-token',
  RINGBA_ACCOUNT_ID: 'RA1F2E',
};
