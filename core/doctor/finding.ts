/**
 * What a check comes to. `unknown`: it was to be made and could not be; `skipped`: there is nothing here that could be asked.
 * Neither is ever taken for `ok`.
 */
export type Judgement = 'ok' | 'warning' | 'failed' | 'unknown' | 'skipped';

/** One check, what was found, and what to do. */
export interface Finding {
  /** `region ap-south-2`, `bucket vault`, … */
  readonly check: string;
  readonly judgement: Judgement;
  readonly found: string;
  readonly todo?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, judgement: 'ok', found });

export const warning = (check: string, found: string, todo: string): Finding => ({
  check,
  judgement: 'warning',
  found,
  todo,
});

export const failed = (check: string, found: string, todo: string): Finding => ({
  check,
  judgement: 'failed',
  found,
  todo,
});

export const unknown = (check: string, found: string, todo: string): Finding => ({
  check,
  judgement: 'unknown',
  found,
  todo,
});

export const skipped = (check: string, because: string): Finding => ({
  check,
  judgement: 'skipped',
  found: `not checked here, because ${because}`,
});

/** What the whole comes to: a failure first, then what nobody could look at; warnings and what is skipped end nothing. */
export const verdict = (findings: readonly Finding[]): 'healthy' | 'failed' | 'unknown' => {
  const has = (judgement: Judgement): boolean => findings.some((finding) => finding.judgement === judgement);
  if (has('failed')) return 'failed';
  // A doctor that looked at nothing has found nothing out.
  return has('unknown') || !(has('ok') || has('warning')) ? 'unknown' : 'healthy';
};
