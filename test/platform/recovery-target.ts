import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { followJob } from '../../cli/operator/follow-job.ts';
import type { OperatorTarget } from '../../cli/operator/operator-target.ts';
import { startOperatorJob } from '../../cli/operator/start-job.ts';
import { assetPk } from '../../core/catalog/keys.ts';
import { isJournalled } from '../../core/journal.ts';
import type { RunningPlatform } from './running-platform.ts';
import { settle } from './settling.ts';

/** A running platform as an operator's command reaches it. */
export const targetOf = ({ state, platform }: RunningPlatform): OperatorTarget => {
  const [region = '', secondRegion = ''] = state.regions;
  return {
    deployment: 'mediakeep',
    region,
    secondRegion,
    api: state.api,
    userPoolId: state.userPoolId,
    catalogTable: state.tables['catalog'] ?? '',
    buckets: state.buckets,
    local: true,
    aws: (wanted = region) => ({
      region: wanted,
      endpoint: state.endpoint,
      credentials: { ...state.admin },
      forcePathStyle: true,
    }),
    now: async () => platform.clock.now(),
    functionName: async (id) => state.functions[id] ?? '',
  };
};

export type AnyReport = Record<string, unknown> & { readonly signature: { readonly mac: string } };

/** Does a job of the function `recover` to its end; a job that fails is an answer too. */
export const runJob = async (
  target: OperatorTarget,
  job: 'recover' | 'drill',
  input: Record<string, unknown>,
  meanwhile: () => Promise<void> = async () => {},
): Promise<{ readonly report: AnyReport; readonly html: string; readonly failure?: string }> => {
  const begun = await startOperatorJob(target, { job, functionId: 'recover', input });
  await meanwhile();
  const failure = await followJob(target, begun, { signal: AbortSignal.timeout(40_000), pauseMs: 50 }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  const s3 = new S3Client(target.aws());
  const read = async (ending: string): Promise<string> => {
    const Key = `reports/${job}/${begun.jobId}/report.${ending}`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: target.buckets.audit, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  const answer = { report: JSON.parse(await read('json')), html: await read('html') };
  s3.destroy();
  return failure === undefined ? answer : { ...answer, failure };
};

/** The catalog's table for somebody with all rights. */
export const tableOf = (target: OperatorTarget): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));

export const allRows = async (target: OperatorTarget): Promise<Record<string, unknown>[]> =>
  (await tableOf(target).send(new ScanCommand({ TableName: target.catalogTable }))).Items ?? [];

/** Where an asset's versions lie: the vault, or its copy in the second region. */
export const bucketIn = (target: OperatorTarget, region: string): string =>
  target.buckets.vault.replace(target.region, region);

/** As somebody with all rights would destroy it: every version of the object in these regions, and every row. */
export const destroy = async (
  running: RunningPlatform,
  target: OperatorTarget,
  assetId: string,
  regions: readonly string[] = [target.region],
): Promise<void> => {
  for (const region of regions) {
    const s3 = new S3Client(target.aws(region));
    const Bucket = bucketIn(target, region);
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers].filter(({ Key = '' }) => Key.includes(assetId))) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
    s3.destroy();
  }
  await settle(running);
  const pk = assetPk('acme', assetId);
  for (const { sk } of (await allRows(target)).filter((row) => row['pk'] === pk)) {
    await tableOf(target).send(new DeleteCommand({ TableName: target.catalogTable, Key: { pk, sk } }));
  }
};

/** As somebody with all rights would destroy everything: every version of the vault that no lock protects, and every row. */
export const destroyAll = async (target: OperatorTarget): Promise<void> => {
  const s3 = new S3Client(target.aws());
  const Bucket = target.buckets.vault;
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
  s3.destroy();
  for (const { pk, sk } of await allRows(target)) {
    await tableOf(target).send(new DeleteCommand({ TableName: target.catalogTable, Key: { pk, sk } }));
  }
};

/** What people see of the assets that are kept, and the rows that people wrote: what a recovery has to bring back. */
export const keptOf = async (target: OperatorTarget): Promise<readonly unknown[]> =>
  (await allRows(target))
    .filter((row) => isJournalled({ kind: String(row['kind']) }) || isKept(row))
    .map(({ pk, sk, kind, summary }) => ({ pk, sk, kind, summary: withoutClass(summary) }))
    .sort((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));

const isKept = ({ kind, summary }: Record<string, unknown>): boolean =>
  kind === 'asset' && ['stored', 'deleted'].includes(Reflect.get(Object(summary), 'state'));

/** What comes out of the archive goes back to it by the next night. */
const withoutClass = (summary: unknown): unknown => ({ ...Object(summary), storageClass: undefined });

/** Packs whatever is old enough, also where it does not fill a pack. */
export const runPack = async (running: RunningPlatform, target: OperatorTarget): Promise<void> => {
  const input = { partly: true, dataClass: 'transcription' };
  await startOperatorJob(target, { job: 'pack', functionId: 'archive', input });
  await settle(running);
};
