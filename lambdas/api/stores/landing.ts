import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { encodeFacts, factsMetadataName } from '../../../core/facts.ts';
import { partRange } from '../../../core/part-plan.ts';
import type { Clock } from '../../../core/time.ts';
import { type SigningContext, signForm, urlSigner } from '../../shared/presign.ts';
import { isMissing } from '../../shared/s3-client.ts';
import type { Landing } from '../ports.ts';
import { bucketAddress } from './bucket-address.ts';
import { completeMultipart, isUnknownUpload, withinPatience } from './completion.ts';

/** Where uploads arrive and how they are encrypted. */
export interface LandingOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly dataKeyArn: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  /** Signs for S3's edge locations, which know no address of an endpoint of one's own. */
  readonly accelerated: boolean;
  readonly clock: Clock;
  /** How long a completion may take before the caller is told to ask again. */
  readonly completionPatienceMs: number;
}

/** The landing bucket: presigned requests that allow exactly one content under one key, and multipart uploads. */
export const createLanding = (options: LandingOptions): Landing => {
  const { client, bucket } = options;
  const address = bucketAddress(bucket, options);
  const context = async (): Promise<SigningContext> => ({
    credentials: await client.config.credentials(),
    region: options.region,
    now: options.clock.now(),
  });
  const encryption = {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': options.dataKeyArn,
  };
  return {
    signPut: async ({ key, facts, bytes, sha256, expiresInSeconds }) => {
      const headers = {
        'content-type': facts.contentType,
        'if-none-match': '*',
        'x-amz-checksum-sha256': sha256,
        ...encryption,
        [factsHeader]: encodeFacts(facts),
      };
      const url = urlSigner(await context())({
        method: 'PUT',
        address: address.object(key),
        headers: { ...headers, 'content-length': String(bytes) },
        expiresInSeconds,
      });
      return { method: 'PUT', url, headers, bytes };
    },
    signForm: async ({ key, facts, lengthRange, expiresInSeconds }) => {
      const fields = {
        key,
        'Content-Type': facts.contentType,
        ...encryption,
        [factsHeader]: encodeFacts(facts),
        ...(facts.sha256 === undefined ? {} : { 'x-amz-checksum-sha256': facts.sha256 }),
      };
      const expiresAt = options.clock.now() + expiresInSeconds * 1000;
      const signed = signForm({ bucket, fields, lengthRange, expiresAt }, await context());
      return { method: 'POST', url: address.bucket.href, fields: signed };
    },
    createMultipart: async ({ key, facts }) => {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          ContentType: facts.contentType,
          Metadata: { [factsMetadataName]: encodeFacts(facts) },
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: options.dataKeyArn,
          ChecksumAlgorithm: 'CRC32',
          ChecksumType: 'FULL_OBJECT',
        }),
      );
      if (UploadId === undefined) throw new Error('S3 created a multipart upload without an id');
      return UploadId;
    },
    signParts: async ({ key, uploadId, plan, partNumbers, expiresInSeconds }) => {
      const sign = urlSigner(await context());
      const target = address.object(key);
      return partNumbers.map((partNumber) => {
        const { bytes } = partRange(plan, partNumber);
        const query = { partNumber: String(partNumber), uploadId };
        const headers = { 'content-length': String(bytes) };
        return { partNumber, bytes, url: sign({ method: 'PUT', address: target, query, headers, expiresInSeconds }) };
      });
    },
    completeMultipart: (upload) =>
      withinPatience(options.completionPatienceMs, completeMultipart(client, bucket, upload)),
    abortMultipart: async (key, uploadId) => {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
        return true;
      } catch (error) {
        if (isUnknownUpload(error)) return false;
        throw error;
      }
    },
    holds: async (key) => {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
  };
};

const factsHeader = `x-amz-meta-${factsMetadataName}`;
