import { createHash } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { factsMetadataName } from '../../core/facts.ts';
import { isAbsent } from '../shared/absent-version.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { Side } from '../shared/copy-version.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { requestRestore } from '../shared/request-restore.ts';
import { listVersions } from '../shared/version-list.ts';
import { copyReadable } from './copy-readable.ts';
import type { RecoveredObjects } from './ports.ts';

export interface RecoveredObjectsProps {
  readonly vault: Side;
  readonly replica: Side;
  readonly isolated: Side;
  readonly lambda: LambdaClient;
  /** The function that removes delete markers and nothing else. */
  readonly undeleteFunction: string;
}

/** The vault's objects, their copies, and what a backup brought back. */
export const recoveredObjects = (props: RecoveredObjectsProps): RecoveredObjects => {
  const { vault, replica, isolated } = props;
  return {
    removeMarker: (key, versionId) => removeMarker(props, key, versionId),
    async hide(Key) {
      await named('DeleteObject', vault.s3.send(new DeleteObjectCommand({ Bucket: vault.bucket, Key })));
    },
    copyForward: (wanted) => copyReadable(vault, { side: vault, ...wanted }),
    fromReplica: (wanted) => copyReadable(vault, { side: replica, ...wanted }),
    isInReplica: async (key, versionId) => (await versionOf(replica, key, versionId)) !== undefined,
    askBack: (place, key, versionId) => askBack(place === 'vault' ? vault : replica, key, versionId),
    async fromIsolated(key, sha256) {
      const head = await headOf(isolated, key);
      if (head === undefined) return undefined;
      const digest = head.ChecksumSHA256 ?? (await digestOf(isolated, { Key: key }));
      if (sha256 !== undefined && digest !== sha256) return undefined;
      const copy = await copyReadable(vault, { side: isolated, key, versionId: head.VersionId ?? 'null' });
      return typeof copy === 'object' ? copy.versionId : undefined;
    },
    digest: (Key, VersionId) => digestOf(vault, { Key, VersionId }),
    readRange: (Key, VersionId, Range) => rangeOf(vault, { Key, VersionId, Range }),
    digestIsolated: (Key) => digestOf(isolated, { Key }),
    removeIsolated: (key) => removeAll(isolated, key),
    async putFacts(Key, Body) {
      const object = {
        Bucket: vault.bucket,
        Key,
        Body,
        ContentType: 'application/json',
        ChecksumAlgorithm: 'SHA256' as const,
      };
      await named('PutObject', vault.s3.send(new PutObjectCommand(object)));
    },
    async putMarker(Key, Body, facts) {
      await named(
        'PutObject',
        vault.s3.send(
          new PutObjectCommand({
            Bucket: vault.bucket,
            Key,
            Body,
            ContentType: 'text/plain',
            Metadata: { [factsMetadataName]: facts },
            ChecksumAlgorithm: 'SHA256',
          }),
        ),
      );
    },
    async removeMarked(key) {
      await removeAll(vault, key);
      await removeAll(replica, key);
    },
  };
};

const named = async <T>(operation: string, call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw namedFailure(error, operation);
  }
};

/** Only the function for it may remove a version, and it removes markers only. A marker that is gone is as good as removed. */
const removeMarker = async (
  { lambda, undeleteFunction }: RecoveredObjectsProps,
  key: string,
  markerVersionId: string,
): Promise<void> => {
  const { FunctionError } = await named(
    'Invoke',
    lambda.send(
      new InvokeCommand({ FunctionName: undeleteFunction, Payload: JSON.stringify({ key, markerVersionId }) }),
    ),
  );
  if (FunctionError !== undefined) throw new ReportableError('The function that removes delete markers failed.');
};

const versionOf = async ({ s3, bucket }: Side, key: string, versionId: string): Promise<VersionEntry | undefined> =>
  (await listVersions(s3, bucket, key)).find((version) => !version.marker && version.versionId === versionId);

/** Readable copies stay until a recovery that waits for the slowest of them is through. */
const readableDays = 5;

const askBack = async (side: Side, key: string, versionId: string): Promise<void> => {
  const tiered = (await versionOf(side, key, versionId))?.storageClass === 'INTELLIGENT_TIERING';
  const wanted = { key, versionId, tier: 'Standard' as const, ...(!tiered && { days: readableDays }) };
  await requestRestore(side.s3, side.bucket, wanted);
};

const headOf = async ({ s3, bucket }: Side, Key: string) => {
  try {
    return await s3.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw namedFailure(error, 'HeadObject');
  }
};

/** Read piece by piece, so that memory does not grow with the content. */
const digestOf = async (
  { s3, bucket }: Side,
  object: Pick<GetObjectCommandInput, 'Key' | 'VersionId'>,
): Promise<string | undefined> => {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, ...object }));
    if (Body === undefined) return undefined;
    const hash = createHash('sha256');
    const reader = Body.transformToWebStream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return hash.digest('base64');
      hash.update(value);
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw namedFailure(error, 'GetObject');
  }
};

const rangeOf = async (
  { s3, bucket }: Side,
  object: Pick<GetObjectCommandInput, 'Key' | 'VersionId' | 'Range'>,
): Promise<Uint8Array | undefined> => {
  try {
    return await (await s3.send(new GetObjectCommand({ Bucket: bucket, ...object }))).Body?.transformToByteArray();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw namedFailure(error, 'GetObject');
  }
};

const removeAll = async ({ s3, bucket }: Side, Key: string): Promise<void> => {
  for (const { versionId: VersionId } of await listVersions(s3, bucket, Key)) {
    await named('DeleteObject', s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId })));
  }
};
