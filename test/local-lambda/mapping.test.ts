import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accountId, createFunction, createRole, type Platform, region, startPlatform } from './small-platform.ts';

const source = { service: 's3.amazonaws.com', arn: 'arn:aws:s3:::bucket', accountId };
const queueArn = `arn:aws:sqs:${region}:${accountId}:jobs`;
const deadArn = `arn:aws:sqs:${region}:${accountId}:dead`;

let platform: Platform;

beforeEach(async () => {
  platform = await startPlatform({ limits: { account: 4 } });
  platform.lambda.start();
});
afterEach(() => platform.stop());

/** A queue with a dead-letter queue, and a mapping to a function with this code. */
const connect = async (code: string, { mapping = {}, timeout = 5, visibility = 30, maxReceiveCount = 3 } = {}) => {
  await platform.create('AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
  const { ref } = await platform.create('AWS::SQS::Queue', 'Jobs', {
    QueueName: 'jobs',
    VisibilityTimeout: visibility,
    RedrivePolicy: { deadLetterTargetArn: deadArn, maxReceiveCount },
  });
  await platform.create('AWS::SQS::QueuePolicy', 'Policy', {
    Queues: [ref],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn, Principal: { Service: 's3.amazonaws.com' } },
      ],
    },
  });
  const { name, arn } = await createFunction(platform, code, { Timeout: timeout });
  await platform.create('AWS::Lambda::EventSourceMapping', 'Mapping', {
    FunctionName: name,
    EventSourceArn: queueArn,
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...mapping,
  });
  return { name, arn };
};

const send = (...bodies: string[]) => bodies.map((body) => platform.sqs.deliver(queueArn, body, source));
const printed = (prefix: string) =>
  platform.lines.filter(({ line }) => line.startsWith(prefix)).map(({ line }) => line.slice(prefix.length));
const settled = async (work: () => void) => vi.waitFor(work, { timeout: 20_000, interval: 5 });
const isEmpty = (arn: string) => expect(platform.sqs.depth(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });

/** Lets visibility timeouts end as often as it takes. */
const untilDead = async (count: number) => {
  for (let round = 0; round < 10 && platform.sqs.depth(deadArn).visible < count; round += 1) {
    await settled(() => expect(platform.sqs.depth(queueArn).visible).toBe(0));
    await platform.lambda.idle();
    platform.moveClock(31_000);
    await settled(() => expect(platform.sqs.depth(queueArn).visible).toBe(0));
  }
};

const poison = `export const handler = async ({ Records }) => {
  for (const { body, attributes } of Records) console.log('got ' + body + ' ' + attributes.ApproximateReceiveCount);
  return { batchItemFailures: Records.filter(({ body }) => body === 'poison').map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

describe('a queue hands its messages to a function', () => {
  it('with the event that Lambda makes', async () => {
    await connect(`export const handler = async (event) => { console.log('event ' + JSON.stringify(event)); };`);

    const [messageId] = send('hello');
    await settled(() => isEmpty(queueArn));

    const [event = '{}'] = printed('event ');
    expect(JSON.parse(event)).toEqual({
      Records: [
        {
          messageId,
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: 's3.amazonaws.com',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {},
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: queueArn,
          awsRegion: region,
        },
      ],
    });
  });

  it('one poison message among ten: nine are done, it dies after exactly maxReceiveCount receives', async () => {
    await connect(poison);

    send(...Array.from({ length: 9 }, (_, n) => `good-${n}`), 'poison');
    await untilDead(1);

    expect(printed('got poison ')).toEqual(['1', '2', '3']);
    expect(printed('got good-')).toHaveLength(9);
    isEmpty(queueArn);
    expect(platform.sqs.depth(deadArn)).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it.each([
    ['an unknown identifier', `{ batchItemFailures: [{ itemIdentifier: 'nobody' }] }`],
    ['an empty identifier', `{ batchItemFailures: [{ itemIdentifier: '' }] }`],
    ['a null identifier', '{ batchItemFailures: [{ itemIdentifier: null }] }'],
    ['a missing identifier', '{ batchItemFailures: [{ id: Records[0].messageId }] }'],
    [
      'a good and an unknown one',
      `{ batchItemFailures: [{ itemIdentifier: Records[0].messageId }, { itemIdentifier: 'x' }] }`,
    ],
    ['failures that are no list', `{ batchItemFailures: 'all' }`],
    ['text', `'done'`],
  ])('and retries the whole batch when the answer has %s', async (_, answer) => {
    await connect(
      `export const handler = async ({ Records }) => { console.log('ran ' + Records.length); return ${answer}; };`,
    );

    send('a', 'b');
    await settled(() => expect(printed('ran ').join('+')).toMatch(/^(2|1\+1)$/));
    await platform.lambda.idle();

    expect(platform.sqs.depth(queueArn)).toEqual({ visible: 0, inFlight: 2, delayed: 0 });
  });

  it.each([['undefined'], ['null'], ['{}'], ['{ batchItemFailures: [] }'], ['{ batchItemFailures: null }']])(
    'and takes the answer %s for success of all',
    async (answer) => {
      await connect(`export const handler = async () => (${answer});`);

      send('a', 'b');

      await settled(() => isEmpty(queueArn));
    },
  );

  it('and ignores the answer without ReportBatchItemFailures', async () => {
    await connect(poison, { mapping: { FunctionResponseTypes: [] } });

    send('poison');

    await settled(() => isEmpty(queueArn));
  });

  it('in batches as large as the window gathers', async () => {
    await connect(`export const handler = async ({ Records }) => { console.log('size ' + Records.length); };`, {
      mapping: { BatchSize: 25, MaximumBatchingWindowInSeconds: 1 },
    });

    send(...Array.from({ length: 30 }, (_, n) => String(n)));
    await settled(() => isEmpty(queueArn));

    expect(printed('size ')).toEqual(['25', '5']);
  });

  it('never in more executions at once than MaximumConcurrency', async () => {
    const gate = join(platform.code(''), 'open');
    await connect(
      `import { existsSync } from 'node:fs';
       export const handler = async () => { console.log('begin'); while (!existsSync('${gate}')) await new Promise((r) => setTimeout(r, 5)); };`,
      { mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } } },
    );

    send(...Array.from({ length: 12 }, (_, n) => String(n)));
    await settled(() => expect(platform.lines.filter(({ line }) => line === 'begin')).toHaveLength(2));
    const whileShut = platform.sqs.depth(queueArn);
    writeFileSync(gate, '');
    await settled(() => isEmpty(queueArn));

    expect(whileShut).toEqual({ visible: 10, inFlight: 2, delayed: 0 });
    expect(platform.lines.filter(({ line }) => line === 'begin')).toHaveLength(12);
  });

  it('a burst of 3,000 through one reserved execution, none lost and none spent on throttling', async () => {
    await connect('export const handler = async () => {};');
    await createFunction(platform, 'export const handler = async () => {};', { ReservedConcurrentExecutions: 1 });

    send(...Array.from({ length: 3000 }, (_, n) => String(n)));
    await settled(() => isEmpty(queueArn));

    isEmpty(deadArn);
    expect(platform.metrics.filter(({ name, value }) => name === 'Throttles' && value > 0)).toEqual([]);
  });
});

describe('a batch that is not finished comes back', () => {
  it("when the function timed out, after the visibility timeout on the platform's clock", async () => {
    await connect(
      `export const handler = async ({ Records }) => { const n = Records[0].attributes.ApproximateReceiveCount;
         console.log('try ' + n); if (n === '1') while (true); };`,
      { timeout: 1 },
    );

    send('job');
    await settled(() =>
      expect(platform.metrics.some(({ name, value }) => name === 'Errors' && value === 1)).toBe(true),
    );
    const whileHidden = platform.sqs.depth(queueArn);
    platform.moveClock(30_000);
    await settled(() => isEmpty(queueArn));

    expect(whileHidden).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    expect(printed('try ')).toEqual(['1', '2']);
  });

  it('when its answer is lost after the work was done', async () => {
    await connect(`export const handler = async ({ Records }) => { console.log('done ' + Records[0].body);
      if (Records[0].attributes.ApproximateReceiveCount === '1') process.exit(1); };`);

    send('job');
    await settled(() => expect(printed('done ')).toEqual(['job']));
    await platform.lambda.idle();
    platform.moveClock(31_000);
    await settled(() => isEmpty(queueArn));

    expect(printed('done ')).toEqual(['job', 'job']);
  });

  it('to a second worker while the first still has it, whose late delete changes nothing', async () => {
    const gates = platform.code('');
    await connect(
      `import { existsSync } from 'node:fs';
       export const handler = async ({ Records }) => { const n = Records[0].attributes.ApproximateReceiveCount; console.log('in ' + n);
         while (!existsSync('${gates}/' + n)) await new Promise((r) => setTimeout(r, 5));
         return { batchItemFailures: n === '1' ? [] : [{ itemIdentifier: Records[0].messageId }] }; };`,
    );

    send('job');
    await settled(() => expect(printed('in ')).toEqual(['1']));
    platform.moveClock(31_000);
    await settled(() => expect(printed('in ')).toEqual(['1', '2']));
    writeFileSync(join(gates, '1'), '');
    await settled(() => expect(platform.lines.filter(({ line }) => line.startsWith('END'))).toHaveLength(1));
    const afterLateDelete = platform.sqs.depth(queueArn).inFlight;
    writeFileSync(join(gates, '2'), '');
    await platform.lambda.idle();

    expect([afterLateDelete, platform.sqs.depth(queueArn).inFlight]).toEqual([1, 1]);
  });
});

describe('a mapping is refused', () => {
  const mapping = { EventSourceArn: queueArn, BatchSize: 10 };

  it("without the rights of the function's role on the queue", async () => {
    await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs' });
    const role = await createRole(platform, [{ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: queueArn }]);
    const { name } = await createFunction(platform, 'export const handler = async () => {};', { Role: role });

    const made = platform.create('AWS::Lambda::EventSourceMapping', 'Mapping', { ...mapping, FunctionName: name });

    await expect(made).rejects.toThrow('may not call sqs:DeleteMessage');
  });

  it('when the queue shows messages again before the function may end', async () => {
    await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs', VisibilityTimeout: 30 });
    const { name } = await createFunction(platform, 'export const handler = async () => {};', { Timeout: 31 });

    const made = platform.create('AWS::Lambda::EventSourceMapping', 'Mapping', { ...mapping, FunctionName: name });

    await expect(made).rejects.toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
    );
  });

  it.each([
    [{ BatchSize: 11 }, 'MaximumBatchingWindowInSeconds'],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, 'ScalingConfig.MaximumConcurrency'],
    [{ FilterCriteria: { Filters: [] } }, 'FilterCriteria'],
    [{ EventSourceArn: 'arn:aws:kinesis:ap-south-1:000000000000:stream/s' }, 'EventSourceArn'],
  ])('with %j', async (properties, named) => {
    await platform.create('AWS::SQS::Queue', 'Jobs', { QueueName: 'jobs' });
    const { name } = await createFunction(platform, 'export const handler = async () => {};');

    const made = platform.create('AWS::Lambda::EventSourceMapping', 'M', {
      ...mapping,
      FunctionName: name,
      ...properties,
    });

    await expect(made).rejects.toThrow(named);
  });
});
