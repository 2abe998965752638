import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import type { S3Core } from '../core.ts';
import { accessDenied, invalidArgument } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import type { AnswerHeaders } from '../protocol/respond.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectEncryption } from '../store/object-version.ts';

const sse = 'x-amz-server-side-encryption';

/** How a new object is encrypted: as the request says, else as the bucket says. */
export const requestedEncryption = (core: S3Core, request: S3Request, bucket: Bucket): ObjectEncryption => {
  refuseCustomerKeys(request, bucket);
  const fallback = bucket.configuration.encryption;
  const algorithm = header(request, sse);
  const keyId = header(request, `${sse}-aws-kms-key-id`);
  const bucketKey = header(request, `${sse}-bucket-key-enabled`);
  if (header(request, `${sse}-context`) !== undefined) throw notImplemented('an encryption context of the request');
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw invalidArgument('The encryption method specified is not supported', sse, algorithm);
  }
  const chosen = algorithm ?? fallback.algorithm;
  if (keyId !== undefined && (algorithm === undefined || algorithm === 'AES256')) {
    const message =
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms';
    throw invalidArgument(message, sse, algorithm ?? '');
  }
  if (chosen === 'AES256') return { algorithm: 'AES256' };
  const defaultKey = fallback.algorithm === 'AES256' ? undefined : fallback.keyId;
  return {
    algorithm: chosen,
    keyId: keyArn(core, bucket, keyId ?? defaultKey ?? 'alias/aws/s3'),
    bucketKey: bucketKey === undefined ? fallback.bucketKey : bucketKey.toLowerCase() === 'true',
  };
};

/** The headers by which an answer tells how an object is encrypted. */
export const encryptionHeaders = ({ algorithm, keyId, bucketKey }: ObjectEncryption): AnswerHeaders => ({
  [sse]: algorithm,
  [`${sse}-aws-kms-key-id`]: keyId,
  [`${sse}-bucket-key-enabled`]: bucketKey ? 'true' : undefined,
});

/** True where the tag of an object is the MD5 of its content; under a KMS key it is not. */
export const tagIsMd5 = ({ algorithm }: ObjectEncryption): boolean => algorithm === 'AES256';

/** Throws unless the caller may use the object's key so. */
export const requireKey = (
  core: S3Core,
  request: S3Request,
  bucket: Bucket,
  use: { readonly key: string; readonly encryption: ObjectEncryption; readonly action: 'GenerateDataKey' | 'Decrypt' },
): void => {
  const { keyId, bucketKey } = use.encryption;
  if (keyId === undefined) return;
  core.useKey({
    caller: request.aws.caller,
    keyId,
    action: `kms:${use.action}`,
    viaService: `s3.${bucket.region}.amazonaws.com`,
    encryptionContext: { 'aws:s3:arn': bucketKey ? bucket.arn : `${bucket.arn}/${use.key}` },
    region: bucket.region,
  });
};

/** Refuses keys that the client would bring along: by the bucket where it blocks them, else because there are none here. */
const refuseCustomerKeys = (request: S3Request, bucket: Bucket): void => {
  const sent = [...request.headers.keys()].find((name) => /server-side-encryption-customer-/.test(name));
  if (sent === undefined) return;
  if (bucket.configuration.blockedEncryption.includes('SSE-C')) {
    throw accessDenied('The bucket blocks server-side encryption with customer-provided keys (SSE-C).');
  }
  throw notImplemented('server-side encryption with customer-provided keys');
};

const isAlgorithm = (text: string): text is ObjectEncryption['algorithm'] =>
  text === 'AES256' || text === 'aws:kms' || text === 'aws:kms:dsse';

const keyArn = (core: S3Core, bucket: Bucket, keyId: string): string => {
  if (keyId.startsWith('arn:')) {
    if (keyId.split(':')[3] === bucket.region) return keyId;
    throw new AwsError(
      'KMS.NotFoundException',
      400,
      `The key ${keyId} is not in the bucket's region ${bucket.region}.`,
    );
  }
  const resource = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  return `arn:aws:kms:${bucket.region}:${core.accountId}:${resource}`;
};
