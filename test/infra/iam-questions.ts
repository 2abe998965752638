import { abilities } from './iam-abilities.ts';
import { abroad } from './iam-abroad.ts';
import type { Ask, Battery, Line } from './iam-ask.ts';
import { forbiddenTo } from './iam-forbidden.ts';
import { front } from './iam-front.ts';
import { jobs } from './iam-jobs.ts';
import { reconcile } from './iam-reconcile.ts';
import { recover } from './iam-recover.ts';
import { limits, signing, strangers } from './iam-refusals.ts';
import { watch } from './iam-watch.ts';
import { type Question, type RoleName, roleNames } from './policy-world-roles.ts';

/** A question with its answer. */
export interface Expectation extends Question {
  readonly title: string;
  readonly allowed: boolean;
}

const batteries: readonly Battery[] = [front, jobs, watch, reconcile, recover, abroad];

const asked =
  (who: RoleName) =>
  ([action, resource, title, context]: Line): Ask => [who, action, resource, title, context];

const linesOf = (side: 'can' | 'cannot'): Ask[] =>
  roleNames.flatMap((who) => batteries.flatMap((battery) => battery[who]?.[side] ?? []).map(asked(who)));

const answered =
  (allowed: boolean) =>
  ([who, action, resource, title, context]: Ask): Expectation => ({
    who,
    action,
    resource,
    title: `${who} ${allowed ? 'can' : 'cannot'} ${title}`,
    allowed,
    ...(context && { context }),
  });

/** What roles and services have to be able to do. */
export const permitted: readonly Expectation[] = [...abilities, ...linesOf('can')].map(answered(true));

/** What each role may not do past its own job, and strangers not at all. */
export const refused: readonly Expectation[] = [...signing, ...limits, ...strangers, ...linesOf('cannot')].map(
  answered(false),
);

/** What no role may do. */
export const alwaysRefused = (who: RoleName): readonly Expectation[] =>
  forbiddenTo(who).map(asked(who)).map(answered(false));
