import { casePartition, classPartition, type indexKeys, indexNames, subjectPartition } from '../catalog/keys.ts';
import type { JobScope } from '../schemas/job.ts';

/** The one index query that answers which stored assets a scope holds; undefined for a single asset. */
export interface ScopeQuery {
  readonly index: keyof typeof indexKeys;
  readonly partition: string;
  /** Bounds of the sort key, which begins with the time of creation. */
  readonly from?: string;
  readonly to?: string;
}

/** Where the assets of a scope are listed. */
export const scopeQuery = (tenant: string, scope: JobScope): ScopeQuery | undefined => {
  if (scope.asset !== undefined) return undefined;
  const bounds = {
    ...(scope.from === undefined ? {} : { from: instant(scope.from) }),
    // A bare time sorts before every key of that time, and so leaves that instant out.
    ...(scope.to === undefined ? {} : { to: instant(scope.to) }),
  };
  if (scope.case !== undefined) {
    return { index: indexNames.byTopic, partition: casePartition(tenant, scope.case), ...bounds };
  }
  if (scope.subject !== undefined) {
    return { index: indexNames.bySubject, partition: subjectPartition(tenant, scope.subject), ...bounds };
  }
  return { index: indexNames.byKind, partition: classPartition(tenant, scope.class ?? ''), ...bounds };
};

/** With milliseconds, as the keys have it. */
const instant = (time: string): string => new Date(time).toISOString();

/** A scope in words: `case C-17`. */
export const describeScope = ({ asset, case: ofCase, subject, class: name, from, to }: JobScope): string => {
  const what =
    (asset && `asset ${asset}`) ?? (ofCase && `case ${ofCase}`) ?? (subject && `subject ${subject}`) ?? `class ${name}`;
  return [what, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ');
};
