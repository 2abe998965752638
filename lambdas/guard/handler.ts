import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import * as z from 'zod';
import { bucketDrift, type Drift, ExpectedBucket } from '../../core/drift/bucket-drift.ts';
import { GuardEnvironment } from '../../core/function-environment.ts';
import { metricNames } from '../../core/metric-names.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { beatAbroad } from './beat-abroad.ts';
import { readBucket } from './read-bucket.ts';
import { type UnusableKey, unusableKeys } from './read-keys.ts';

const Guarded = z.record(z.string(), z.strictObject({ expected: ExpectedBucket, key: z.string().optional() }));

const environment = parseEnvironment(GuardEnvironment, process.env);
const guarded = Guarded.parse(JSON.parse(environment.BUCKETS));
const keys = z.array(z.string().min(1)).parse(JSON.parse(environment.KEYS));
const s3 = createS3Client(process.env);
const kms = withoutRequestLog(new KMSClient({ maxAttempts: 4 }));
const abroad = withoutRequestLog(new CloudWatchClient({ region: environment.SECOND_REGION, maxAttempts: 2 }));
const log = createLog('guard');
const meter = createMeter(environment.DEPLOYMENT, 'guard');

interface GuardAnswer {
  readonly drifts: readonly Drift[];
  readonly unusable: readonly UnusableKey[];
}

/**
 * Compares buckets and keys with what was deployed, every few minutes: who opens or weakens one does not wait for a deployment.
 * Only when it has looked at everything it says, in both regions, that it has.
 */
export const handler = measured(meter, async (): Promise<GuardAnswer> => {
  const drifts: Drift[] = [];
  for (const [bucket, expectation] of Object.entries(guarded)) {
    drifts.push(...bucketDrift(bucket, expectation, await readBucket(s3, bucket)));
  }
  const unusable = await unusableKeys(kms, keys);
  // Nothing is told as nought, so that the alarm ends when the drift does.
  meter.count(metricNames.driftFindings, drifts.length);
  meter.count(metricNames.keysUnusable, unusable.length);
  meter.count(metricNames.heartbeat, 1);
  for (const drift of drifts) log.error('a bucket is not what was deployed', { ...drift });
  for (const key of unusable) log.error('a key cannot be used', { ...key });
  await beatAbroad(abroad, environment.DEPLOYMENT, log);
  return { drifts, unusable };
});
