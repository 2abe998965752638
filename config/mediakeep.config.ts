import type { DataClass } from '../core/data-class.ts';
import { days } from '../core/time.ts';
import { builtInClasses } from './built-in-classes.ts';
import type { Deployment } from './deployment.ts';
import type { Statutes } from './statutes.ts';

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
  scrubEvery: days(90),
  transferAcceleration: false,
  bucketNamespace: 'account-regional',
  identityPlan: 'essentials',
  monthlyBudgetUsd: 100,
  quotas: { requestsPerMinute: 6000 },
  concurrency: { intake: { maximum: 2 }, catalog: { maximum: 2 } },
};

/**
 * The data classes. To change one, spread it: `{ ...rawAudio, retention: { coldAfter: days(30), cold: 'glacier-ir' } }`;
 * to add one, declare it with `dataClass()` of `core/data-class.ts` as the files in `classes/` do.
 */
export const classes: readonly DataClass[] = [...builtInClasses];

/**
 * What the law of your jurisdiction says about how long something has to be kept (`floor`, from its creation) and may be kept
 * (`ceiling`, from the last interaction with the person), by class: `{ 'case-audio': { floor: days(365) } }`. Floors bind
 * everybody but a court; ask your lawyers, for no list here could be right for every deployment.
 */
export const statutes: Statutes = {};
