import { ulid } from 'ulid';
import { MediakeepError } from '../../../core/error.ts';
import { parseDuration } from '../../../core/retention/duration.ts';
import { refusalOf } from '../../../core/retention/limits.ts';
import { type RetentionRuleRow, retentionRuleRow } from '../../../core/retention/rule-row.ts';
import type { RetentionChanged, SetRetention } from '../../../core/schemas/retention.ts';
import { isoTime } from '../../../core/time.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';
import { findClass, toClassRetention } from './class-retention.ts';

/** Whose rule over which class. */
export interface RulePlace {
  readonly class: string;
  /** Absent where the tenant speaks for everybody. */
  readonly principal?: string;
}

/**
 * Sets or takes away what a tenant or a user says of a class, within what class and law allow, and starts the job that gives
 * what is there its new day.
 */
export const setRule = async (
  place: RulePlace,
  { deleteAfter, reason }: SetRetention,
  caller: Caller,
  services: Services,
): Promise<RetentionChanged> => {
  const { classes, statuteOf, retention, retentionRules, clock } = services;
  const dataClass = findClass(classes, place.class);
  const statute = statuteOf(dataClass.name);
  const span = deleteAfter === null ? undefined : (parseDuration(deleteAfter) ?? 0);
  const refusal = span === undefined ? undefined : refusalOf(span, { classRule: dataClass.retention, statute });
  if (refusal !== undefined) {
    throw new MediakeepError('unprocessable', `\`deleteAfter\` ${refusal}.`, {
      fields: [{ pointer: '/deleteAfter', message: refusal }],
    });
  }
  const rows = await retention.rules(caller.tenant);
  const current = rows.find((row) => row.dataClass === place.class && row.principal === place.principal);
  const next = span === undefined ? undefined : ruleOf(place, { span, reason }, current, caller, isoTime(clock.now()));
  if (!(await written(current, next, retentionRules))) {
    throw new MediakeepError('conflict', 'Somebody else changed this rule at the same time; look again and repeat.');
  }
  const others = rows.filter((row) => row !== current);
  const shown = toClassRetention(dataClass, statute, [...others, ...(next === undefined ? [] : [next])]);
  const jobId = next === undefined ? undefined : await reevaluate(place, caller, services);
  return { ...shown, ...(jobId !== undefined && { jobId }) };
};

const ruleOf = (
  { class: dataClass, principal }: RulePlace,
  { span, reason }: { readonly span: number; readonly reason: string },
  current: RetentionRuleRow | undefined,
  { tenant, principal: setBy }: Caller,
  setAt: string,
): RetentionRuleRow =>
  retentionRuleRow({
    tenant,
    dataClass,
    ...(principal !== undefined && { principal }),
    deleteAfter: span,
    reason,
    setAt,
    setBy,
    revision: (current?.revision ?? 0) + 1,
  });

const written = async (
  current: RetentionRuleRow | undefined,
  next: RetentionRuleRow | undefined,
  rules: Services['retentionRules'],
): Promise<boolean> => {
  if (next !== undefined) return rules.set(next, current);
  return current === undefined || rules.remove(current);
};

/** Without a rule things only go later, which the sweep sees by itself; a new one can make them due earlier. */
const reevaluate = async (place: RulePlace, caller: Caller, { jobs, clock, random }: Services): Promise<string> => {
  const jobId = `retention-${ulid(clock.now(), random)}`;
  const { tenant, principal: createdBy } = caller;
  await jobs.start({ tenant, jobId, job: 'retention', input: { ...place }, createdBy });
  return jobId;
};
