/** What is wrong with a certificate, without what a newer Node adds: options of its own, where the user calls revsync. */
export function withoutAdvice(message: string): string {
  return message.replace(/; if the root CA is installed locally, .*$/, '');
}
