import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, createRole, type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const bucket = { service: 's3.amazonaws.com', arn: 'arn:aws:s3:::landing', accountId };

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const createQueue = async (name: string, statements: object[], properties: object = {}) => {
  const { ref } = await platform.create('AWS::SQS::Queue', name, { QueueName: name, ...properties });
  if (statements.length > 0) {
    await platform.create('AWS::SQS::QueuePolicy', `${name}Policy`, {
      Queues: [ref],
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
    });
  }
  return ref;
};
const fromLanding = (queue: string) => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Principal: { Service: 's3.amazonaws.com' },
  Resource: arnOf(queue),
  Condition: { ArnLike: { 'aws:SourceArn': bucket.arn }, StringEquals: { 'aws:SourceAccount': accountId } },
});
const codeOf = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => error.name,
  );

describe('a queue admits', () => {
  it('exactly the bucket that its policy names', async () => {
    await createQueue('notified', [fromLanding('notified')]);
    const deliver = (source: typeof bucket) => codeOf(() => platform.sqs.deliver(arnOf('notified'), 'event', source));

    expect(deliver(bucket)).toBeUndefined();
    expect(deliver({ ...bucket, arn: 'arn:aws:s3:::other' })).toBe('AccessDeniedException');
    expect(deliver({ ...bucket, accountId: '111111111111' })).toBe('AccessDeniedException');
    expect(deliver({ ...bucket, service: 'sns.amazonaws.com' })).toBe('AccessDeniedException');
    expect(platform.sqs.depth(arnOf('notified')).visible).toBe(1);
  });

  it('no service without a policy', async () => {
    await createQueue('plain', []);

    expect(codeOf(() => platform.sqs.deliver(arnOf('plain'), 'event', bucket))).toBe('AccessDeniedException');
  });

  it('a role with exactly its own rights', async () => {
    const QueueUrl = await createQueue('worked', []);
    const role = await createRole(platform, [
      { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: arnOf('worked') },
    ]);
    const sqs = new SQSClient({ ...platform.clientOptions, credentials: platform.credentials.credentialsFor(role) });

    expect(await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl })))).toBeUndefined();
    expect(await refusal(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).toBe('AccessDenied');
    sqs.destroy();
  });

  it('nobody whom its policy denies, whatever else allows them', async () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' };
    const QueueUrl = await createQueue('closed', [deny]);
    const sqs = new SQSClient(platform.clientOptions);

    expect(await refusal(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).toBe('AccessDenied');
    sqs.destroy();
  });
});

describe('an encrypted queue', () => {
  const account = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const forBucket = {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
    Resource: '*',
    Condition: { ArnLike: { 'aws:SourceArn': bucket.arn } },
  };
  const createKey = async (id: string, statements: object[]) => {
    const policy = { Version: '2012-10-17', Statement: statements };
    return (await platform.create('AWS::KMS::Key', id, { KeyPolicy: policy })).ref;
  };

  it('takes the notifications of a bucket only if its key admits the bucket too', async () => {
    const KmsMasterKeyId = await createKey('Messages', [account, forBucket]);
    await createQueue('sealed', [fromLanding('sealed')], { KmsMasterKeyId });
    await createQueue('unable', [fromLanding('unable')], { KmsMasterKeyId: await createKey('Closed', [account]) });
    await createQueue('managed', [fromLanding('managed')], { KmsMasterKeyId: 'alias/aws/sqs' });
    const deliver = (queue: string) => codeOf(() => platform.sqs.deliver(arnOf(queue), 'event', bucket));

    expect(['sealed', 'unable', 'managed'].map(deliver)).toEqual([undefined, 'KmsAccessDenied', 'KmsAccessDenied']);
  });

  it('gives nothing to a role that may not decrypt, and nothing to anybody while its key is disabled', async () => {
    const KeyId = await createKey('Used', [account]);
    const QueueUrl = await createQueue('used', [], { KmsMasterKeyId: KeyId });
    const kms = new KMSClient(platform.clientOptions);
    const admin = new SQSClient(platform.clientOptions);
    const role = await createRole(platform, [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }]);
    const sqs = new SQSClient({ ...platform.clientOptions, credentials: platform.credentials.credentialsFor(role) });
    await admin.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));

    const undecrypted = await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl })));
    await kms.send(new DisableKeyCommand({ KeyId }));
    const disabled = await refusal(admin.send(new ReceiveMessageCommand({ QueueUrl })));
    await kms.send(new EnableKeyCommand({ KeyId }));
    const { Messages } = await admin.send(new ReceiveMessageCommand({ QueueUrl }));

    expect([undecrypted, disabled]).toEqual(['KmsAccessDenied', 'KmsDisabled']);

    expect(Messages).toHaveLength(1);
    for (const client of [kms, admin, sqs]) client.destroy();
  });
});

describe('the template', () => {
  it('cannot say what a queue does not know', async () => {
    await expect(platform.create('AWS::SQS::Queue', 'Odd', { FifoQueue: true })).rejects.toThrow(
      'AWS::SQS::Queue Odd of stack test: the embedded platform does not know the property `FifoQueue`',
    );
  });

  it('changes a queue in place and keeps its messages and its policy', async () => {
    await createQueue('kept', [fromLanding('kept')]);
    platform.sqs.deliver(arnOf('kept'), 'event', bucket);

    const { ref, attributes } = await platform.create('AWS::SQS::Queue', 'kept', {
      QueueName: 'kept',
      VisibilityTimeout: '77',
    });

    expect(attributes).toEqual({ Arn: arnOf('kept'), QueueName: 'kept', QueueUrl: ref });
    expect(platform.sqs.depth(arnOf('kept')).visible).toBe(1);
    expect(platform.sqs.queues().find(({ name }) => name === 'kept')?.settings.visibilityTimeoutMs).toBe(77_000);
    expect(codeOf(() => platform.sqs.deliver(arnOf('kept'), 'event', bucket))).toBeUndefined();
  });
});
