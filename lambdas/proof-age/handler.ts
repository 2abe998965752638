import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ProofAgeEnvironment } from '../../core/function-environment.ts';
import { metricNames } from '../../core/metric-names.ts';
import { proofKey } from '../../core/recovery/closed.ts';
import { hours, systemClock } from '../../core/time.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';

const environment = parseEnvironment(ProofAgeEnvironment, process.env);
const rows = createTableClient();
const log = createLog('proof-age');
const meter = createMeter(environment.DEPLOYMENT, 'recover');
const Proof = z.object({ at: z.iso.datetime() });

/** What a deployment without any proof says: more than any alarm admits. */
const neverHours = 24 * 365;

/** Tells once a day how old the last good proof is, because what did not happen counts nothing by itself. */
export const handler = measured(meter, async (): Promise<{ readonly ageHours: number }> => {
  const { Item } = await rows.send(new GetCommand({ TableName: environment.CATALOG_TABLE, Key: { ...proofKey } }));
  const proof = Proof.safeParse(Item).data;
  const ageHours = proof === undefined ? neverHours : Math.floor((systemClock.now() - Date.parse(proof.at)) / hours(1));
  meter.count(metricNames.lastGoodProofAge, ageHours);
  log.info('the last good proof', { ageHours });
  return { ageHours };
});
