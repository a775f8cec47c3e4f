/** One thing that was looked at. A problem would keep a push from working; a warning would not. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly says: string;
}

const finding =
  (state: Finding['state']) =>
  (about: string, says: string): Finding => ({ about, state, says });

export const fine = finding('ok');
export const warning = finding('warning');
export const problem = finding('problem');
