import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { BackupClient } from '@aws-sdk/client-backup';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsError } from '../../local/aws/aws-error.ts';
import { type Backup, createBackup } from '../../local/backup/backup.ts';
import type { BackupEvent } from '../../local/backup/parts.ts';
import { bucketBackups } from '../../local/s3/backups/bucket-backups.ts';
import { accountId, region, type S3Server, startS3 } from '../local-s3/s3-server.ts';

export const secondRegion = 'ap-south-2';
export const roleArn = `arn:aws:iam::${accountId}:role/backup`;
const vaultArn = (name: string) => `arn:aws:backup:${name}:${accountId}:backup-vault:keep`;

/** S3 with two buckets and AWS Backup over it, all rights granted but those that a test denies. */
export interface BackupWorld extends AsyncDisposable {
  readonly s3: S3Server;
  readonly backup: Backup;
  readonly client: BackupClient;
  readonly events: BackupEvent[];
  /** `NumberOfBackupJobsFailed BackupVaultName=keep ResourceType=S3` */
  readonly counted: string[];
  /** Actions that nobody may do, the role of AWS Backup included. */
  readonly denied: Set<string>;
  put(bucket: string, key: string, text: string): Promise<void>;
  /** Moves the clock and does what is due. */
  pass(ms: number): Promise<void>;
}

export interface WorldOptions {
  /** Of the home region's vault. */
  readonly policy?: object;
  readonly lock?: object;
}

/** Saturday noon, UTC. */
const start = Date.UTC(2027, 0, 2, 12);

export const backupWorld = async ({ policy, lock }: WorldOptions = {}): Promise<BackupWorld> => {
  const s3 = await startS3({ startMs: start });
  const { core } = s3.s3;
  s3.bucket('precious', { versioning: 'Enabled' });
  s3.bucket('isolated', { versioning: 'Enabled' });
  const events: BackupEvent[] = [];
  const counted: string[] = [];
  const caller = { kind: 'role' as const, arn: roleArn, roleArn, accountId, identityPolicies: [] };
  const backup = createBackup({
    db: core.db,
    clock: s3.clock,
    newId: randomUUID,
    accountId,
    log: () => {},
    authorize({ action, resourcePolicy }) {
      const denies = JSON.stringify(resourcePolicy ?? '').includes(action);
      if (s3.denied.has(action) || denies) throw new AwsError('AccessDenied', 403, `${action} is denied.`);
    },
    credentials: {
      roles: { refuseUnlessAssumable: () => {}, sessionCaller: () => caller },
    } as unknown as Parameters<typeof createBackup>[0]['credentials'],
    useKey: () => {},
    s3: s3.s3,
    buckets: bucketBackups(core),
    tables: { find: () => undefined, watch: async () => 0, trim: async () => {} } as unknown as Parameters<
      typeof createBackup
    >[0]['tables'],
    putEvent: (event) => void events.push(event),
    putMetric: ({ name, dimensions }) =>
      void counted.push([name, ...Object.entries(dimensions).map((pair) => pair.join('='))].join(' ')),
  });
  await template(backup, { policy, lock });
  await backup.run(s3.clock.now());
  const { server, client } = await listen(backup);
  return {
    s3,
    backup,
    client,
    events,
    counted,
    denied: s3.denied,
    put: async (Bucket, Key, Body) => void (await s3.client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    async pass(ms) {
      s3.clock.move(ms);
      await backup.run(s3.clock.now());
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await s3.close();
    },
  };
};

const rule = (RuleName: string, ScheduleExpression: string, more: object) => ({
  RuleName,
  ScheduleExpression,
  TargetBackupVault: 'keep',
  ...more,
});

const template = async (backup: Backup, { policy, lock }: WorldOptions): Promise<void> => {
  const create = (type: string, logicalId: string, properties: object, where = region) =>
    backup.providers
      .find((provider) => provider.type === `AWS::Backup::${type}`)
      ?.create({
        logicalId,
        type: `AWS::Backup::${type}`,
        stackName: 'test',
        region: where,
        accountId,
        properties: { ...properties },
        generatedName: logicalId,
      });
  const locked = { BackupVaultName: 'keep', ...(lock && { LockConfiguration: lock }) };
  await create('BackupVault', 'vault', { ...locked, ...(policy && { AccessPolicy: policy }) });
  await create('BackupVault', 'copies', locked, secondRegion);
  const copy = { DestinationBackupVaultArn: vaultArn(secondRegion), Lifecycle: { DeleteAfterDays: 8 } };
  await create('BackupPlan', 'plan', {
    BackupPlan: {
      BackupPlanName: 'a',
      BackupPlanRule: [
        rule('continuous', 'cron(0 19 ? * * *)', { EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 35 } }),
        rule('daily', 'cron(0 20 ? * * *)', { Lifecycle: { DeleteAfterDays: 8 }, CopyActions: [copy] }),
      ],
    },
  });
  await create('BackupSelection', 'selection', {
    BackupPlanId: 'plan',
    BackupSelection: { SelectionName: 'all', IamRoleArn: roleArn, Resources: ['arn:aws:s3:::precious'] },
  });
};

const listen = async (backup: Backup) => {
  const server = createServer((http, response) => {
    const where = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(http.headers.authorization ?? '')?.[1] ?? region;
    const caller = { kind: 'user' as const, arn: 'arn:aws:iam::0:user/x', accountId, identityPolicies: [] };
    void backup.handle(
      { http, url: http.url ?? '/', requestId: 'r', region: where, accountId, caller, baseContext: {} },
      response,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  return { server, client: new BackupClient({ endpoint, region, credentials, maxAttempts: 1 }) };
};
