import { GetObjectCommand } from '@aws-sdk/client-s3';
import { isAbsent } from '../shared/absent-version.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { type CopyLimits, copyVersion, type Side } from '../shared/copy-version.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { isArchived } from '../shared/s3-client.ts';
import type { ReconcileDeps } from './ports.ts';

/** Streams the content of one version; there is none to read where it lies in an archive. */
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
      if (isAbsent(error) || isArchived(error)) return undefined;
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

/** What S3 answers where the parts do not make the whole whose checksum it was told. */
const isOtherContent = (error: unknown): boolean => error instanceof Error && error.name === 'BadDigest';

/** Copies from the second region, where there is a copy to read and S3 does not find on its way that it is no whole one. */
export const replicaCopier =
  (sides: {
    readonly vault: Side;
    readonly replica: Side;
    readonly limits?: CopyLimits;
  }): ReconcileDeps['copyFromReplica'] =>
  async (key, { versionId, ...changes }) => {
    const { vault, replica, limits } = sides;
    try {
      return await copyVersion(vault, { side: replica, key, versionId }, { ...changes, limits });
    } catch (error) {
      if (isAbsent(error) || isArchived(error) || isOtherContent(error)) return undefined;
      throw namedFailure(error, 'CopyObject');
    }
  };
