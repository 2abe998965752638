import { CopyObjectCommand, GetObjectCommand, type S3Client, type StorageClass } from '@aws-sdk/client-s3';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { ReconcileDeps } from './ports.ts';

/** A bucket with the client of its region. */
export interface Side {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Streams the content of one version. */
export const versionReader =
  (sides: { readonly vault: Side; readonly replica: Side | undefined }): ReconcileDeps['readVersion'] =>
  async (name, key, versionId) => {
    const side = sides[name];
    if (side === undefined) return undefined;
    try {
      const { Body } = await side.s3.send(
        new GetObjectCommand({ Bucket: side.bucket, Key: key, VersionId: versionId }),
      );
      return Body === undefined ? undefined : bytesOf(Body.transformToWebStream());
    } catch (error) {
      const status = awsFailure(error)?.status;
      if (status === 404 || status === 405) return undefined;
      throw namedFailure(error, 'GetObject');
    }
  };

async function* bytesOf(stream: ReadableStream): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!(value instanceof Uint8Array)) throw new ReportableError('S3 answered a content that is no bytes.');
    yield value;
  }
}

/** The bodies of small objects, whole. */
export const textReader =
  ({ s3, bucket }: Side, prefix = ''): ReconcileDeps['readJournal'] =>
  async (name) => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${name}` }));
      return await Body?.transformToString();
    } catch (error) {
      if (awsFailure(error)?.status === 404) return undefined;
      throw namedFailure(error, 'GetObject');
    }
  };

/** S3 copies the bytes from region to region itself, with what the object says of itself, and digests them on the way. */
export const replicaCopier =
  ({ vault, replica }: { readonly vault: Side; readonly replica: Side }): ReconcileDeps['copyFromReplica'] =>
  async (key, { versionId, storageClass }) => {
    try {
      const { VersionId } = await vault.s3.send(
        new CopyObjectCommand({
          Bucket: vault.bucket,
          Key: key,
          CopySource: `${replica.bucket}/${encodeURIComponent(key)}?versionId=${encodeURIComponent(versionId)}`,
          ChecksumAlgorithm: 'SHA256',
          ...(storageClass !== undefined && { StorageClass: storageClass as StorageClass }),
        }),
      );
      if (VersionId === undefined) throw new ReportableError('The vault answered a copy without a version.');
      return VersionId;
    } catch (error) {
      throw namedFailure(error, 'CopyObject');
    }
  };
