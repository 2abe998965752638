import type { DataClass } from '../../../core/data-class.ts';
import { MediakeepError } from '../../../core/error.ts';
import { durationText } from '../../../core/retention/duration.ts';
import type { Statute } from '../../../core/retention/inputs.ts';
import { leastDeleteAfter, mostDeleteAfter } from '../../../core/retention/limits.ts';
import type { RetentionRuleRow } from '../../../core/retention/rule-row.ts';
import type { ClassRetention } from '../../../core/schemas/retention.ts';

/** What decides over a class in a tenant, with those of its rules that the caller may see. */
export const toClassRetention = (
  { name, retention }: DataClass,
  statute: Statute | undefined,
  rows: readonly RetentionRuleRow[],
): ClassRetention => {
  const { deleteAfter, coldAfter, cold } = retention;
  const floor = Math.max(retention.floor ?? 0, statute?.floor ?? 0);
  const bounds = { classRule: retention, statute };
  const ofClass = rows.filter(({ dataClass }) => dataClass === name);
  const tenant = ofClass.find(({ principal }) => principal === undefined);
  return {
    class: name,
    ...(deleteAfter !== undefined && { deleteAfter: durationText(deleteAfter) }),
    ...(floor > 0 && { floor: durationText(floor) }),
    ...(coldAfter !== undefined && { coldAfter: durationText(coldAfter) }),
    ...(cold !== undefined && { cold }),
    allowed: { least: durationText(leastDeleteAfter(bounds)), most: durationText(mostDeleteAfter(bounds)) },
    ...(tenant && { tenant: toRule(tenant) }),
    users: ofClass.flatMap((row) =>
      row.principal === undefined ? [] : [{ principal: row.principal, ...toRule(row) }],
    ),
  };
};

const toRule = ({ deleteAfter, reason, setAt, setBy }: RetentionRuleRow) => ({
  deleteAfter: durationText(deleteAfter),
  reason,
  setAt,
  setBy,
});

/** The class of that name; throws `not-found`. */
export const findClass = (classes: readonly DataClass[], name: string): DataClass => {
  const found = classes.find((dataClass) => dataClass.name === name);
  if (found !== undefined) return found;
  throw new MediakeepError('not-found', 'There is no such class; GET /classes lists them.');
};
