import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TemplateResource } from '../../local/aws/service.ts';
import { resourceProviders } from '../../local/s3/resource-providers.ts';
import type { S3Server } from './s3-server.ts';
import { accountId, region, startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());

const queue = 'arn:aws:sqs:ap-south-1:000000000000:intake';
const name = `keep-landing-${accountId}-${region}-an`;
const create = (type: string, properties: Record<string, unknown>) => {
  const resource: TemplateResource = {
    logicalId: 'Bucket',
    type,
    stackName: 'keep-data',
    region,
    accountId,
    properties,
    generatedName: 'keep-data-Bucket-0123456789ab',
  };
  return resourceProviders(s3.s3)
    .find((provider) => provider.type === type)
    ?.create(resource);
};
const bucket = {
  BucketName: name,
  BucketNamespace: 'account-regional',
  VersioningConfiguration: { Status: 'Enabled' },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: 'arn:aws:kms:ap-south-1:000000000000:key/data',
        },
        BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
      },
    ],
  },
  LifecycleConfiguration: {
    Rules: [
      { Id: 'Expire', Status: 'Enabled', ExpirationInDays: 3, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      {
        Id: 'Cold',
        Status: 'Enabled',
        Prefix: 'raw/',
        Transitions: [{ StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 90 }],
      },
      { Id: 'Abort', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ],
  },
  NotificationConfiguration: {
    QueueConfigurations: [
      { Event: 's3:ObjectCreated:*', Queue: queue, Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'put/' }] } } },
    ],
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  },
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  Tags: [{ Key: 'owner', Value: 'keep' }],
};

describe('a bucket of the template', () => {
  it('is made as it is written, and its answers name it', () => {
    expect(create('AWS::S3::Bucket', bucket)).toMatchObject({
      ref: name,
      attributes: { Arn: `arn:aws:s3:::${name}`, RegionalDomainName: `${name}.s3.ap-south-1.amazonaws.com` },
    });
    expect(s3.s3.core.buckets.find(name)?.configuration).toMatchObject({
      versioning: 'Enabled',
      encryption: { algorithm: 'aws:kms', bucketKey: true },
      blockedEncryption: ['SSE-C'],
      notifications: [{ queueArn: queue, events: ['s3:ObjectCreated:*'], prefix: 'put/' }],
      eventBridge: true,
      tags: { owner: 'keep' },
      lifecycle: [
        { id: 'Expire', expirationDays: 3, noncurrentExpiration: { days: 1 } },
        { id: 'Cold', transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 90 }] },
        { id: 'Abort', abortUploadsAfterDays: 1 },
      ],
    });
    expect(s3.s3.bucketsInRegion(region).map((made) => made.name)).toContain(name);
    expect(s3.s3.bucketsInRegion('ap-south-2')).toEqual([]);
  });

  it('keeps objects and policy when it is made again with other properties', async () => {
    create('AWS::S3::BucketPolicy', {
      Bucket: name,
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
      },
    });
    await send(s3, { method: 'PUT', path: `/${name}/k`, body: 'x' });
    const tests = s3.events.length;

    create('AWS::S3::Bucket', { ...bucket, Tags: [{ Key: 'owner', Value: 'other' }] });

    expect(s3.s3.core.buckets.find(name)?.configuration).toMatchObject({
      tags: { owner: 'other' },
      policy: { Version: '2012-10-17' },
    });
    expect((await send(s3, { path: `/${name}/k` })).text).toBe('x');
    expect(s3.events).toHaveLength(tests);
  });

  it('gives new objects its encryption, asks its key and tells so', async () => {
    s3.keyUses.length = 0;
    const answer = await send(s3, { method: 'PUT', path: `/${name}/sealed`, body: 'x' });

    expect(answer.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:ap-south-1:000000000000:key/data',
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
    });
    expect(s3.keyUses).toMatchObject([
      { action: 'kms:GenerateDataKey', encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${name}` } },
    ]);
  });

  it.each([
    [{ ...bucket, WebsiteConfiguration: {} }, '`WebsiteConfiguration`'],
    [{ ...bucket, LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpireSoon: 1 }] } }, 'ExpireSoon'],
    [{ ...bucket, NotificationConfiguration: { LambdaConfigurations: [] } }, 'LambdaConfigurations'],
    [{ ...bucket, BucketNamespace: undefined }, 'account-regional'],
    [{ ...bucket, BucketName: 'Upper', BucketNamespace: undefined }, 'not valid'],
    [{ BucketName: 'unversioned', ObjectLockEnabled: true }, 'versioning'],
  ])('is refused by name where it says what is not known here (%#)', (properties, named) => {
    expect(() => create('AWS::S3::Bucket', properties)).toThrow(named);
  });

  it('without a name gets the generated one', () => {
    expect(create('AWS::S3::Bucket', {})).toMatchObject({ ref: 'keep-data-bucket-0123456789ab' });
  });
});

describe('a bucket policy of the template', () => {
  it('is what every request is judged by', async () => {
    s3.authorized.length = 0;
    await send(s3, { path: `/${name}/k` });

    expect(s3.authorized[0]).toMatchObject({
      action: 's3:GetObject',
      resource: `arn:aws:s3:::${name}/k`,
      resourcePolicy: { Version: '2012-10-17' },
      resourceAccountId: accountId,
      region,
    });
  });

  it('needs its bucket', () => {
    expect(() => create('AWS::S3::BucketPolicy', { Bucket: 'absent', PolicyDocument: { Statement: [] } })).toThrow(
      'no bucket absent',
    );
  });
});
