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
import { leftClosed } from './left-closed.ts';

const environment = parseEnvironment(ProofAgeEnvironment, process.env);
const rows = createTableClient();
const log = createLog('proof-age');
const meter = createMeter(environment.DEPLOYMENT, 'recover');
const Proof = z.object({ at: z.iso.datetime() });

/** What a deployment without any proof says: more than any alarm admits. */
const neverHours = 24 * 365;

const Call = z.looseObject({ look: z.enum(['proof', 'closed']).default('proof') });

/**
 * Tells once a day how old the last good proof is, and twice an hour whether a recovery has left the API closed, because what
 * did not happen counts nothing by itself.
 */
export const handler = measured(
  meter,
  async (event: unknown): Promise<{ ageHours: number } | { left: boolean }> =>
    Call.parse(event ?? {}).look === 'proof' ? tellAge() : tellClosed(),
);

const tellClosed = async (): Promise<{ left: boolean }> => {
  const closed = await leftClosed(rows, environment.CATALOG_TABLE, systemClock);
  meter.count(metricNames.apiLeftClosed, closed === undefined ? 0 : 1);
  if (closed !== undefined) log.error('the API was left closed', { ...closed });
  return { left: closed !== undefined };
};

const tellAge = async (): Promise<{ ageHours: number }> => {
  const { Item } = await rows.send(new GetCommand({ TableName: environment.CATALOG_TABLE, Key: { ...proofKey } }));
  const proof = Proof.safeParse(Item).data;
  const ageHours = proof === undefined ? neverHours : Math.floor((systemClock.now() - Date.parse(proof.at)) / hours(1));
  meter.count(metricNames.lastGoodProofAge, ageHours);
  log.info('the last good proof', { ageHours });
  return { ageHours };
};
