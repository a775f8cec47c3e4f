/** When somebody is told: where a push ended otherwise than the one before, where its exit code is not 0, or each time. */
export const TELLING = ['change', 'failure', 'always'] as const;

/** Who is told how a push ended, and when. */
export interface Notify {
  readonly on: (typeof TELLING)[number];
  /** A text is run by the shell, a list as it is. */
  readonly command?: string | readonly string[] | undefined;
  readonly url?: string | undefined;
}
