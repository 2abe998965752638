import { abilities } from './iam-abilities.ts';
import type { Ask, Expectation } from './iam-ask.ts';
import { forbidden, limits, signing, strangers } from './iam-refusals.ts';

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

/** Everything that the policies are asked, with the answer that they have to give. */
export const expectations: readonly Expectation[] = [
  ...abilities.map(answered(true)),
  ...[...signing, ...limits, ...strangers].map(answered(false)),
  ...(['Intake', 'Catalog', 'Undelete', 'Api', 'Sweep'] as const).flatMap((who) =>
    forbidden.map(([action, resource, title, context]) => answered(false)([who, action, resource, title, context])),
  ),
];
