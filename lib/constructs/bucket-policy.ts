import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const everything = (bucketArn: string): string[] => [bucketArn, `${bucketArn}/*`];

/** A Deny for everybody; conditions as IAM writes them. */
export const deny = (props: {
  sid: string;
  actions: readonly string[];
  resources: readonly string[];
  conditions: Record<string, Record<string, unknown>>;
}): PolicyStatement =>
  new PolicyStatement({
    sid: props.sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...props.actions],
    resources: [...props.resources],
    conditions: props.conditions,
  });

/** Nothing travels in clear or under an old TLS. */
export const denyInsecureTransport = (bucketArn: string): PolicyStatement[] => [
  deny({
    sid: 'DenyPlainHttp',
    actions: ['s3:*'],
    resources: everything(bucketArn),
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  }),
  deny({
    sid: 'DenyOldTls',
    actions: ['s3:*'],
    resources: everything(bucketArn),
    conditions: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
  }),
];

/** A signature is of version 4 and at most 15 minutes old, whatever expiry a presigned URL was given. */
export const denyOldSignatures = (bucketArn: string): PolicyStatement[] => [
  deny({
    sid: 'DenyOldSignature',
    actions: ['s3:*'],
    resources: [`${bucketArn}/*`],
    conditions: { NumericGreaterThan: { 's3:signatureAge': '900000' } },
  }),
  deny({
    sid: 'DenySignatureVersion2',
    actions: ['s3:*'],
    resources: [`${bucketArn}/*`],
    conditions: {
      StringNotEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' },
      Null: { 's3:signatureversion': 'false' },
    },
  }),
];

/** A request that names an encryption names this key; one that names none gets the bucket's default, which is this key. */
export const denyOtherKeys = (bucketArn: string, keyArn: string): PolicyStatement[] => [
  deny({
    sid: 'DenyOtherEncryption',
    actions: ['s3:PutObject'],
    resources: [`${bucketArn}/*`],
    conditions: {
      StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
      Null: { 's3:x-amz-server-side-encryption': 'false' },
    },
  }),
  deny({
    sid: 'DenyOtherKey',
    actions: ['s3:PutObject'],
    resources: [`${bucketArn}/*`],
    conditions: {
      StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': keyArn },
      Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
    },
  }),
];
