import { AwsError } from '../../aws/aws-error.ts';
import type { RequestContext } from '../../aws/caller.ts';
import type { S3Core } from '../core.ts';
import { accessDenied } from '../protocol/errors.ts';
import type { S3Request } from '../protocol/request.ts';
import type { Bucket } from '../store/buckets.ts';

/** One permission that an operation needs. */
export interface Permission {
  /** `s3:PutObject` */
  readonly action: string;
  /** An object of the bucket; the bucket itself where undefined. */
  readonly key?: string;
  /** Condition values of this permission alone. */
  readonly context?: RequestContext;
}

/** Throws `AccessDenied` unless the caller of a request may do this in a bucket. */
export const requirePermission = (core: S3Core, request: S3Request, bucket: Bucket, permission: Permission): void => {
  const { caller, baseContext } = request.aws;
  const { policy, publicAccessBlock } = bucket.configuration;
  if (caller.kind === 'anonymous' && publicAccessBlock.restrictPublicBuckets) throw accessDenied();
  core.authorize({
    caller,
    action: permission.action,
    resource: permission.key === undefined ? bucket.arn : `${bucket.arn}/${permission.key}`,
    resourceAccountId: core.accountId,
    ...(policy !== undefined && { resourcePolicy: policy }),
    context: { ...baseContext, ...requestConditions(core, request), ...permission.context },
    region: bucket.region,
  });
};

/** True where {@link requirePermission} would not throw. */
export const hasPermission = (core: S3Core, request: S3Request, bucket: Bucket, permission: Permission): boolean => {
  try {
    requirePermission(core, request, bucket, permission);
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'AccessDenied') return false;
    throw error;
  }
};

const conditionHeaders: readonly (readonly [header: string, key: string])[] = [
  ['x-amz-acl', 's3:x-amz-acl'],
  ['x-amz-grant-full-control', 's3:x-amz-grant-full-control'],
  ['x-amz-grant-read', 's3:x-amz-grant-read'],
  ['x-amz-grant-read-acp', 's3:x-amz-grant-read-acp'],
  ['x-amz-grant-write', 's3:x-amz-grant-write'],
  ['x-amz-grant-write-acp', 's3:x-amz-grant-write-acp'],
  ['x-amz-copy-source', 's3:x-amz-copy-source'],
  ['x-amz-metadata-directive', 's3:x-amz-metadata-directive'],
  ['x-amz-server-side-encryption', 's3:x-amz-server-side-encryption'],
  ['x-amz-server-side-encryption-aws-kms-key-id', 's3:x-amz-server-side-encryption-aws-kms-key-id'],
  ['x-amz-server-side-encryption-customer-algorithm', 's3:x-amz-server-side-encryption-customer-algorithm'],
  ['x-amz-storage-class', 's3:x-amz-storage-class'],
  ['x-amz-website-redirect-location', 's3:x-amz-website-redirect-location'],
  ['x-amz-object-lock-mode', 's3:object-lock-mode'],
  ['x-amz-object-lock-retain-until-date', 's3:object-lock-retain-until-date'],
  ['x-amz-object-lock-legal-hold', 's3:object-lock-legal-hold'],
  ['if-none-match', 's3:if-none-match'],
  ['if-match', 's3:if-match'],
];

const requestConditions = (core: S3Core, { headers, query, aws }: S3Request): Record<string, string | undefined> => {
  const context: Record<string, string | undefined> = {
    // The endpoint stands for S3's own, which is reached over TLS 1.3.
    'aws:SecureTransport': 'true',
    's3:TlsVersion': '1.3',
    's3:ResourceAccount': core.accountId,
    'aws:ResourceAccount': core.accountId,
  };
  if (aws.signature !== undefined) {
    context['s3:signatureversion'] = 'AWS4-HMAC-SHA256';
    context['s3:authType'] = aws.signature.authType;
    context['s3:signatureAge'] = String(aws.signature.signatureAgeMs);
    if (aws.signature.authType === 'REST-HEADER') context['s3:x-amz-content-sha256'] = aws.signature.payloadHash;
  }
  for (const [name, key] of conditionHeaders) {
    const value = headers.get(name);
    if (value !== undefined) context[key] = value;
  }
  const versionId = query.get('versionId');
  if (versionId !== undefined) context['s3:VersionId'] = versionId;
  return context;
};
