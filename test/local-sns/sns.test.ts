import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { alarm, alarmsPublish, createPlatform, now, query, topicArn, userWith } from './platform.ts';

const withTopic = async (options: Parameters<typeof createPlatform>[0] = {}, policy = alarmsPublish) => {
  const platform = createPlatform(options);
  await platform.create('AWS::SNS::Topic', { DisplayName: 'alarms', KmsMasterKeyId: 'key-1', Tags: [] });
  await platform.create('AWS::SNS::TopicPolicy', { Topics: [topicArn], PolicyDocument: policy });
  return platform;
};

describe('an alarm is published under the topic’s policy and its key’s', () => {
  it('is kept with its source and written to the log', async () => {
    const { sns, lines, counted } = await withTopic();

    const messageId = sns.publish(topicArn, 'ALARM: dead letters', 'one message', alarm);

    expect(sns.recentMessages(5)).toEqual([
      {
        messageId,
        topicArn,
        subject: 'ALARM: dead letters',
        message: 'one message',
        source: alarm.arn,
        publishedMs: now,
      },
    ]);
    expect(lines).toEqual(['sns app-Alarms-1: ALARM: dead letters']);
    expect(counted).toMatchObject({ 'NumberOfMessagesPublished app-Alarms-1': 1, 'PublishSize app-Alarms-1': 11 });
  });

  it('uses the key through SNS with the topic as encryption context', async () => {
    const { sns, keyUses } = await withTopic();

    sns.publish(topicArn, 'ALARM', 'text', alarm);

    expect(keyUses.map(({ action }) => action)).toEqual(['kms:GenerateDataKey', 'kms:Decrypt']);
    expect(keyUses[0]).toMatchObject({
      keyId: 'key-1',
      viaService: 'sns.ap-south-1.amazonaws.com',
      encryptionContext: { 'aws:sns:topicArn': topicArn },
      context: { 'aws:SourceArn': alarm.arn, 'aws:SourceAccount': alarm.accountId },
    });
  });

  it.each([
    ['another service', { ...alarm, service: 'events.amazonaws.com' }],
    ['an alarm of another region', { ...alarm, arn: alarm.arn.replace('south-1', 'south-2') }],
    ['another account', { ...alarm, accountId: '111111111111' }],
  ])('is refused for %s', async (_, source) => {
    const { sns } = await withTopic();

    expect(() => sns.publish(topicArn, 'ALARM', 'text', source)).toThrow(/is not authorized to perform: sns:Publish/);
    expect(sns.recentMessages(5)).toEqual([]);
  });

  it('is refused where the key does not admit the service', async () => {
    const { sns } = await withTopic({ keyRefuses: ['cloudwatch.amazonaws.com'] });

    expect(() => sns.publish(topicArn, 'ALARM', 'text', alarm)).toThrow(
      expect.objectContaining({ code: 'KMSAccessDenied' }),
    );
    expect(sns.recentMessages(5)).toEqual([]);
  });

  it.each([
    ['an unknown topic', `${topicArn}2`, 'ALARM', 'text', 'NotFound'],
    ['an empty message', topicArn, 'ALARM', '', 'InvalidParameter'],
    ['a message that is too long', topicArn, 'ALARM', 'x'.repeat(262_145), 'InvalidParameter'],
    ['a subject of two lines', topicArn, 'a\nb', 'text', 'InvalidParameter'],
  ])('is refused for %s', async (_, arn, subject, message, code) => {
    const { sns } = await withTopic();

    expect(() => sns.publish(arn, subject, message, alarm)).toThrow(expect.objectContaining({ code }));
  });

  it('stays known over a restart, the newest first, a thousand at most', async () => {
    const db = new DatabaseSync(':memory:');
    const { sns } = await withTopic({ db });
    for (let count = 1; count <= 1005; count += 1) sns.publish(topicArn, `ALARM ${count}`, 'text', alarm);

    const { sns: restarted } = createPlatform({ db });

    const subjects = restarted.recentMessages(2000).map(({ subject }) => subject);
    expect(subjects).toHaveLength(1000);
    expect(subjects[0]).toBe('ALARM 1005');
  });
});

describe('the query interface', () => {
  const publish = { Action: 'Publish', TopicArn: topicArn, Message: 'hello', Subject: 'hi' };

  it('publishes for a caller whose identity policy allows it', async () => {
    const platform = await withTopic();

    const answer = await query(platform, userWith('sns:Publish'), publish);

    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<MessageId>id-1</MessageId>') });
    expect(platform.sns.recentMessages(1)[0]).toMatchObject({ message: 'hello', source: userWith().arn });
  });

  it('lists topics and subscriptions, and tells what a topic is', async () => {
    const platform = await withTopic();
    await platform.create('AWS::SNS::Subscription', {
      TopicArn: topicArn,
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    const caller = userWith('sns:*');

    const bodies = await Promise.all(
      ['ListTopics', 'ListSubscriptions', 'ListSubscriptionsByTopic', 'GetTopicAttributes'].map(async (Action) =>
        query(platform, caller, { Action, TopicArn: topicArn }),
      ),
    );

    expect(bodies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(bodies[0]?.body).toContain(`<Topics><member><TopicArn>${topicArn}</TopicArn></member></Topics>`);
    expect(bodies[1]?.body).toContain('<Endpoint>ops@example.com</Endpoint>');
    expect(bodies[2]?.body).toContain('<Protocol>email</Protocol>');
    expect(bodies[3]?.body).toContain('<entry><key>KmsMasterKeyId</key><value>key-1</value></entry>');
  });

  it.each([
    ['a right that is missing', userWith('sns:ListTopics'), publish, 403, 'AuthorizationError'],
    ['listing without the right', userWith('sns:Publish'), { Action: 'ListTopics' }, 403, 'AuthorizationError'],
    ['an unknown topic', userWith('sns:*'), { ...publish, TopicArn: 'arn:aws:sns:a:b:c' }, 404, 'NotFound'],
    ['no topic', userWith('sns:*'), { Action: 'Publish', Message: 'x' }, 400, 'InvalidParameter'],
    ['a parameter that is not known', userWith('sns:*'), { ...publish, PhoneNumber: '1' }, 501, 'NotImplemented'],
    ['an operation that is not known', userWith('sns:*'), { Action: 'CreateTopic' }, 501, 'NotImplemented'],
  ])('refuses %s', async (_, caller, parameters: Record<string, string>, status, code) => {
    const platform = await withTopic();

    const answer = await query(platform, caller, parameters);

    expect(answer).toMatchObject({ status, body: expect.stringContaining(`<Code>${code}</Code>`) });
  });
});

describe('the template’s resources', () => {
  it.each([
    ['AWS::SNS::Topic', { FifoTopic: true }, /does not know the property `FifoTopic`/],
    ['AWS::SNS::TopicPolicy', { Topics: ['arn:x'], PolicyDocument: alarmsPublish }, /the topic arn:x does not exist/],
    [
      'AWS::SNS::Subscription',
      { TopicArn: topicArn, Protocol: 'sqs', Endpoint: 'q' },
      /only subscriptions by e-mail exist/,
    ],
  ])('%s with %j is an error that names it', async (type, properties, message) => {
    const { create } = await withTopic();

    await expect(create(type, properties)).rejects.toThrow(message);
  });
});
