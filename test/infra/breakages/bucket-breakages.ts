import type { Breakage } from './broken-templates.ts';
import { add, allow, bucket, bucketPolicy, remove, sidOf } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/bucket-rules.ts have to see. */
export const buckets: readonly Breakage[] = [
  {
    rule: 'C01',
    title: 'public policies admitted',
    spoil: (t) => {
      bucket(t).PublicAccessBlockConfiguration.RestrictPublicBuckets = false;
    },
  },
  {
    rule: 'C02',
    title: 'no bucket key',
    spoil: (t) => {
      bucket(t).BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled = false;
    },
  },
  {
    rule: 'C02',
    title: 'an access log bucket with KMS',
    spoil: (t) => {
      bucket(t, 'Logs').BucketEncryption = bucket(t).BucketEncryption;
    },
  },
  {
    rule: 'C03',
    title: 'SSE-C admitted',
    spoil: (t) => {
      delete bucket(t).BucketEncryption.ServerSideEncryptionConfiguration[0].BlockedEncryptionTypes;
    },
  },
  {
    rule: 'C04',
    title: 'an ACL',
    spoil: (t) => {
      bucket(t).AccessControl = 'PublicRead';
    },
  },
  {
    rule: 'C05',
    title: 'versions suspended',
    spoil: (t) => {
      bucket(t).VersioningConfiguration.Status = 'Suspended';
    },
  },
  {
    rule: 'C06',
    title: 'an audit under GOVERNANCE',
    spoil: (t) => {
      bucket(t, 'Audit').ObjectLockConfiguration.Rule.DefaultRetention.Mode = 'GOVERNANCE';
    },
  },
  {
    rule: 'C06',
    title: 'a vault without lock',
    spoil: (t) => {
      delete bucket(t).ObjectLockEnabled;
    },
  },
  {
    rule: 'C06',
    title: 'a vault that locks everything',
    spoil: (t) => {
      bucket(t).ObjectLockConfiguration = bucket(t, 'Audit').ObjectLockConfiguration;
    },
  },
  { rule: 'C07', title: 'plain HTTP admitted', spoil: (t) => remove(bucketPolicy(t), 'DenyPlainHttp') },
  {
    rule: 'C07',
    title: 'plain HTTP admitted for objects',
    spoil: (t) => {
      sidOf(bucketPolicy(t), 'DenyPlainHttp').Resource.pop();
    },
  },
  {
    rule: 'C07',
    title: 'TLS 1.0 admitted',
    spoil: (t) => {
      sidOf(bucketPolicy(t), 'DenyOldTls').Condition.NumericLessThan['s3:TlsVersion'] = '1.0';
    },
  },
  {
    rule: 'C08',
    title: 'a bucket for everybody',
    spoil: (t) => {
      bucketPolicy(t).push({ ...allow('s3:GetObject'), Principal: '*' });
    },
  },
  {
    rule: 'C08',
    title: 'a bucket for another account',
    spoil: (t) => {
      bucketPolicy(t).push({ ...allow('s3:GetObject'), Principal: { AWS: 'arn:aws:iam::111111111111:root' } });
    },
  },
  {
    rule: 'C11',
    title: 'a vault that wants If-None-Match',
    spoil: (t) => {
      bucketPolicy(t).push({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:Put*',
        Resource: '*',
        Condition: { Null: { 's3:if-none-match': 'true' } },
      });
    },
  },
  {
    rule: 'C13',
    title: 'CORS for every origin',
    spoil: (t) => {
      bucket(t, 'Landing').CorsConfiguration = {
        CorsRules: [{ AllowedOrigins: ['*'], AllowedMethods: ['PUT'], MaxAge: 600 }],
      };
    },
  },
  {
    rule: 'C13',
    title: 'CORS for an hour',
    spoil: (t) => {
      bucket(t, 'Landing').CorsConfiguration = {
        CorsRules: [{ AllowedOrigins: ['https://a.b'], AllowedMethods: ['PUT'], MaxAge: 3600 }],
      };
    },
  },
  {
    rule: 'C14',
    title: 'no access log',
    spoil: (t) => {
      delete bucket(t).LoggingConfiguration;
    },
  },
  {
    rule: 'C18',
    title: 'a vault that tells nobody',
    spoil: (t) => {
      delete bucket(t).NotificationConfiguration.QueueConfigurations;
    },
  },
  {
    rule: 'C18',
    title: 'a vault without EventBridge',
    spoil: (t) => {
      delete bucket(t).NotificationConfiguration.EventBridgeConfiguration;
    },
  },
  {
    rule: 'C18b',
    title: 'a custom resource',
    spoil: ({ data }) => add(data, 'Notify', 'Custom::S3BucketNotifications', {}),
  },
];
