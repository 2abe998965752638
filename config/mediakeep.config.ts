import type { DataClass } from '../core/data-class.ts';
import { days } from '../core/time.ts';
import { builtInClasses } from './built-in-classes.ts';
import type { Deployment } from './deployment.ts';

/**
 * The file that a deployer edits. Every field is explained in `deployment.ts`; a value that cannot work stops
 * `cdk synth` with what is allowed and what to do.
 */
export const deployment: Deployment = {
  name: 'mediakeep',
  homeRegion: 'ap-south-1',
  secondRegion: 'ap-south-2',
  jurisdiction: 'IN',
  machines: [],
  retainData: true,
  corsOrigins: [],
  logRetentionDays: 400,
  auditRetention: days(400),
  erasureDeadline: days(35),
  noncurrentRetention: days(30),
  transferAcceleration: false,
  bucketNamespace: 'account-regional',
  identityPlan: 'essentials',
  quotas: { requestsPerMinute: 6000 },
  concurrency: { intake: { maximum: 2 }, catalog: { maximum: 2 } },
};

/**
 * The data classes. To change one, spread it: `{ ...rawAudio, retention: { coldAfter: days(30), cold: 'glacier-ir' } }`;
 * to add one, declare it with `dataClass()` of `core/data-class.ts` as the files in `classes/` do.
 */
export const classes: readonly DataClass[] = [...builtInClasses];
