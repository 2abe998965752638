import { BackupClient, StartBackupJobCommand, StartCopyJobCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control } from '../../cli/local/control-client.ts';
import { StatusAnswer } from '../../cli/local/status.ts';
import { operatorTenant } from '../../core/catalog/keys.ts';
import { functionOfJob } from '../../core/jobs/job-function.ts';
import { type JobKind, newJobRow } from '../../core/jobs/job-row.ts';
import { factsKey } from '../../core/key-layout.ts';
import { closedKey, closedRow } from '../../core/recovery/closed.ts';
import { isoTime } from '../../core/time.ts';
import { minutes } from './minutes.ts';
import { queueClient } from './queue-client.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { anyFile, askApi, freshContent } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

/** As `mediakeep local status` learns it. */
const status = async (): Promise<StatusAnswer> =>
  StatusAnswer.parse(await control({ ...running.state, users: [] }, 'GET', 'status'));

const alarm = async (name: string): Promise<{ state: string; reason: string }> => {
  const found = (await status()).alarms.find((known) => known.name.includes(`Alarms${name}`));
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found;
};

const messagesAbout = async (name: string): Promise<string[]> =>
  (await status()).messages.flatMap(({ subject = '' }) => (subject.includes(`Alarms${name}`) ? [subject] : []));

/** CloudWatch looks at a minute once it is over. */
const passMinutes = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute += 1) {
    await running.platform.travelTo(running.platform.clock.now() + minutes(1));
  }
};

const client = () => ({
  region: running.state.regions[0] ?? '',
  endpoint: running.state.endpoint,
  credentials: running.state.admin,
});

describe('the alarm of dead letters', () => {
  it('rings when a message has died, tells the topic, and is quiet again once it is gone', async () => {
    await passMinutes(2);
    const before = (await alarm('CatalogDeadLetters')).state;
    using queues = queueClient(running);
    await queues.send('catalog', 'no event at all');
    await settle(running);
    await passMinutes(2);
    const rung = await alarm('CatalogDeadLetters');
    const told = await messagesAbout('CatalogDeadLetters');
    const others = await alarm('IntakeDeadLetters');
    const sqs = new SQSClient(client());
    await sqs.send(new PurgeQueueCommand({ QueueUrl: running.state.queues['catalogDeadLetters'] }));
    sqs.destroy();
    await passMinutes(3);

    expect([before, rung.state, others.state]).toEqual(['OK', 'ALARM', 'OK']);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^ALARM: /);
    expect((await alarm('CatalogDeadLetters')).state).toBe('OK');
  });
});

describe('the alarm of a function that fails', () => {
  const failOnce = async (): Promise<void> => {
    const lambda = new LambdaClient(client());
    const FunctionName = running.state.functions['catalog'] ?? '';
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"no":"batch"}') }));
    lambda.destroy();
    expect(answer.FunctionError).toBe('Unhandled');
  };

  it('rings after three minutes of errors and not after two', async () => {
    for (let minute = 0; minute < 2; minute += 1) {
      await failOnce();
      await passMinutes(1);
    }
    const afterTwo = (await alarm('CatalogErrors')).state;
    await failOnce();
    await passMinutes(1);
    const afterThree = await alarm('CatalogErrors');
    const told = await messagesAbout('CatalogErrors');
    await passMinutes(4);

    expect([afterTwo, afterThree.state]).toEqual(['OK', 'ALARM']);
    expect(told).toHaveLength(1);
    expect((await alarm('CatalogErrors')).state).toBe('OK');
  });
});

describe('the alarm of waiting messages', () => {
  it('rings when the oldest upload has waited for more than a quarter of an hour, and that of dead letters when nobody can take it', async () => {
    using queues = queueClient(running);
    running.platform.faults.set([]);
    await queues.send('intake', 'no event at all');
    await running.platform.idle();
    await passMinutes(2);
    const early = (await alarm('IntakeAge')).state;
    for (let quarter = 0; quarter < 24; quarter += 1) {
      await passMinutes(1);
      await running.platform.idle();
    }

    const waited = (await alarm('IntakeAge')).state;
    await settle(running);
    await passMinutes(2);
    const died = (await alarm('IntakeDeadLetters')).state;
    const sqs = new SQSClient(client());
    await sqs.send(new PurgeQueueCommand({ QueueUrl: running.state.queues['intakeDeadLetters'] }));
    sqs.destroy();
    await passMinutes(6);

    expect([early, waited, died]).toEqual(['OK', 'ALARM', 'ALARM']);
    expect([(await alarm('IntakeAge')).state, (await alarm('IntakeDeadLetters')).state]).toEqual(['OK', 'OK']);
  });
});

/** The states of alarms, by their sections in the runbook. */
const states = (ids: readonly string[]): Record<string, string | undefined> => {
  const all = running.platform.services.cloudWatch.alarms();
  const stateOf = (id: string) =>
    all.find(({ alarm: { description } }) => description?.endsWith(`#${id.toLowerCase()}`));
  return Object.fromEntries(ids.map((id) => [id, stateOf(id)?.state]));
};
const all = (ids: readonly string[], state: string) => Object.fromEntries(ids.map((id) => [id, state]));

const heard = (text: string): number =>
  running.platform.services.sns
    .recentMessages(1000)
    .filter(({ subject = '', message }) => subject.includes(text) || message.includes(text)).length;

const table = () => DynamoDBDocumentClient.from(new DynamoDBClient(client()));
const TableName = () => running.state.tables['catalog'] ?? '';

describe('the alarms of jobs', () => {
  const kinds = Object.keys(functionOfJob).filter((kind): kind is Exclude<JobKind, 'drill'> => kind !== 'drill');
  const sections = kinds.map((kind) => `WorkWatch${kind.charAt(0).toUpperCase()}${kind.slice(1)}Failed`);
  const watched = [...sections, 'WorkWatchExecutionsFailed', 'JobWatchDeadLetters'];

  it('ring for a job of each kind that cannot be done, and the dead letters until somebody has taken them out', async () => {
    await passMinutes(1);
    const lambda = new LambdaClient(client());
    for (const job of kinds) {
      const jobId = `impossible-${job}`;
      const input = { class: 5, partly: 5 };
      const createdAt = isoTime(running.platform.clock.now());
      const row = newJobRow({
        tenant: operatorTenant,
        input,
        jobId,
        job,
        state: 'running',
        createdAt,
        createdBy: 'test',
      });
      await table().send(new PutCommand({ TableName: TableName(), Item: { ...row } }));
      const Payload = JSON.stringify({ tenant: operatorTenant, jobId, job, input });
      const FunctionName = running.state.functions[functionOfJob[job]] ?? '';
      const call = {
        FunctionName,
        Qualifier: 'live',
        InvocationType: 'Event',
        DurableExecutionName: jobId,
        Payload,
      } as const;
      await lambda.send(new InvokeCommand(call));
    }
    lambda.destroy();
    await running.platform.idle();
    await passMinutes(2);
    const rung = states(watched);
    const sqs = new SQSClient(client());
    const name = running.platform.services.sqs.queues().find((queue) => queue.name.includes('JobDeadLetters'))?.name;
    const QueueUrl = running.state.queues['catalogDeadLetters']?.replace(/[^/]+$/, name ?? '');
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    sqs.destroy();
    await passMinutes(3);

    expect(rung).toEqual(all(watched, 'ALARM'));
    expect(states(watched)).toEqual(all(watched, 'OK'));
  });
});

describe('the alarms of what others wrote', () => {
  const watched = ['AlarmsFactsRefused', 'AlarmsRecordsRefused'];

  it('ring for facts and rows that nobody here has made', async () => {
    const { assetId } = await running.as('asha').store(freshContent(), { ...anyFile });
    await settle(running);
    const before = states(watched);
    const Key = factsKey('acme', assetId);
    const Item = { pk: 'acme#asset#x', sk: 'asset', kind: 'asset' };
    await running.s3.send(new PutObjectCommand({ Bucket: running.state.buckets.vault, Key, Body: 'no facts at all' }));
    await table().send(new PutCommand({ TableName: TableName(), Item }));
    await running.platform.idle();
    await passMinutes(2);
    const rung = states(watched);
    await passMinutes(3);

    expect([before, rung]).toEqual([all(watched, 'OK'), all(watched, 'ALARM')]);
    expect(states(watched)).toEqual(all(watched, 'OK'));
  });
});

describe('the alarms of the API', () => {
  it('ring while its table does not answer', async () => {
    const watched = ['AlarmsApiServerErrors'];
    running.platform.faults.set([
      { service: 'dynamodb', caller: running.state.functions['api'] ?? '', kind: 'error', probability: 1 },
    ]);
    for (let minute = 0; minute < 3; minute += 1) {
      for (let times = 0; times < 6; times += 1) await askApi(running, 'asha', { path: '/assets' });
      await passMinutes(1);
    }
    const rung = states(watched);
    running.platform.faults.set([]);
    await passMinutes(3);

    expect([rung, states(watched)]).toEqual([all(watched, 'ALARM'), all(watched, 'OK')]);
  });

  it('ring when a recovery has left it closed, until it is opened', async () => {
    const watched = ['RecoveryWatchApiLeftClosed'];
    const Item = { ...closedRow('impossible-recover', isoTime(running.platform.clock.now())) };
    await table().send(new PutCommand({ TableName: TableName(), Item }));
    await passMinutes(32);
    const rung = states(watched);
    await table().send(new DeleteCommand({ TableName: TableName(), Key: { ...closedKey } }));
    await passMinutes(32);

    expect([rung, states(watched)]).toEqual([all(watched, 'ALARM'), all(watched, 'OK')]);
  });
});

describe('the news of AWS', () => {
  it('reach the topic when a backup or a copy fails', async () => {
    const backup = new BackupClient(client());
    const before = [heard('Backup Job State Change'), heard('Copy Job State Change')];
    const plan = running.platform.services.backup.store.points()[0];
    const BackupVaultName = plan?.vaultName ?? '';
    const IamRoleArn = plan?.roleArn ?? '';
    const ResourceArn = 'arn:aws:s3:::a-bucket-that-is-not-there';
    await backup.send(new StartBackupJobCommand({ BackupVaultName, IamRoleArn, ResourceArn }));
    const copy = { RecoveryPointArn: plan?.arn, SourceBackupVaultName: BackupVaultName, IamRoleArn };
    const DestinationBackupVaultArn = 'arn:aws:backup:us-west-2:000000000000:backup-vault:none';
    await backup.send(new StartCopyJobCommand({ ...copy, DestinationBackupVaultArn }));
    backup.destroy();
    await running.platform.idle();

    expect(before).toEqual([0, 0]);
    expect([heard('Backup Job State Change'), heard('Copy Job State Change')]).toEqual([1, 1]);
  });
});
