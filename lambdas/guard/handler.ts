import * as z from 'zod';
import { bucketDrift, type Drift, ExpectedBucket } from '../../core/drift/bucket-drift.ts';
import { GuardEnvironment } from '../../core/function-environment.ts';
import { metricNames } from '../../core/metric-names.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { readBucket } from './read-bucket.ts';

const Guarded = z.record(z.string(), z.strictObject({ expected: ExpectedBucket, key: z.string().optional() }));

const environment = parseEnvironment(GuardEnvironment, process.env);
const guarded = Guarded.parse(JSON.parse(environment.BUCKETS));
const s3 = createS3Client(process.env);
const log = createLog('guard');
const meter = createMeter(environment.DEPLOYMENT, 'guard');

/** Compares the buckets with what was deployed, every few minutes: who opens or weakens one does not wait for a deployment. */
export const handler = measured(meter, async (): Promise<{ readonly drifts: readonly Drift[] }> => {
  const drifts: Drift[] = [];
  for (const [bucket, expectation] of Object.entries(guarded)) {
    drifts.push(...bucketDrift(bucket, expectation, await readBucket(s3, bucket)));
  }
  // Nothing is told as nought, so that the alarm ends when the drift does.
  meter.count(metricNames.driftFindings, drifts.length);
  for (const drift of drifts) log.error('a bucket is not what was deployed', { ...drift });
  return { drifts };
});
