import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { composeApp } from '../../bin/app.ts';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { rawAudio } from '../../config/classes/recordings.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { days } from '../../core/time.ts';
import { propertiesOf } from './breakages/broken-templates.ts';
import { cdkContext, defaultApp, emptyBundles, synthesize, type Template } from './synthesized.ts';

const stateful = [
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
];

const idsOf = ({ Resources }: Template, types: readonly string[]): string[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Type }]) => `${Type} ${id}`)
    .sort();

describe('what holds data keeps its place in the template', () => {
  it('logical ids never change: another id is another, empty resource', () => {
    expect(idsOf(defaultApp().data, stateful)).toEqual([
      'AWS::Cognito::UserPool Identity2D60E2CC',
      'AWS::Cognito::UserPoolClient IdentityMachinecameraFDB1214A',
      'AWS::Cognito::UserPoolClient IdentityPeopleA4BE2B55',
      'AWS::Cognito::UserPoolDomain IdentityLogin7A53C7EA',
      'AWS::DynamoDB::GlobalTable Catalog742F25FD',
      'AWS::DynamoDB::Table SubjectKeysCEEFEB53',
      'AWS::KMS::Key BackupVaultKeyA286A54F',
      'AWS::KMS::Key KeysAudit0EC237E3',
      'AWS::KMS::Key KeysDataA2F7C5E6',
      'AWS::KMS::Key KeysMessagesE856B267',
      'AWS::KMS::Key KeysSubjectsBE0E32D9',
      'AWS::KMS::Key KeysTokens8707A27B',
      'AWS::S3::Bucket Audit',
      'AWS::S3::Bucket Landing',
      'AWS::S3::Bucket Logs',
      'AWS::S3::Bucket Scratch',
      'AWS::S3::Bucket Vault',
      'AWS::SQS::Queue CatalogQueueCA2F6F92',
      'AWS::SQS::Queue CatalogQueueDeadLettersEDFA8D6D',
      'AWS::SQS::Queue IntakeQueue4D8B07A5',
      'AWS::SQS::Queue IntakeQueueDeadLetters340A0883',
      'AWS::SQS::Queue JobDeadLettersC8813FAB',
      'AWS::SQS::Queue ProjectFailures61CD56F2',
    ]);
  });

  it('neither do those of the second region', () => {
    expect(idsOf(defaultApp().replica, stateful)).toEqual(
      expect.arrayContaining([
        'AWS::KMS::Key KeysAudit0EC237E3',
        'AWS::KMS::Key KeysMessagesE856B267',
        expect.stringContaining('AWS::KMS::Key KeysVault'),
        'AWS::S3::Bucket Audit',
        'AWS::S3::Bucket Logs',
        'AWS::S3::Bucket Vault',
      ]),
    );
  });

  it('the service holds nothing that could not be deployed again', () => {
    expect(idsOf(defaultApp().service, stateful)).toEqual([]);
  });

  it('outputs never change: a consumer of a weak reference does not notice', () => {
    const outputs = Object.entries(defaultApp().data.Outputs).map(
      ([name, { Value }]) => `${name} ${JSON.stringify(Value)}`,
    );

    expect(outputs.sort()).toEqual(JSON.parse(readFileSync(join(import.meta.dirname, 'data-outputs.json'), 'utf8')));
  });

  it('the keys of tables never change, which would replace the table', () => {
    const { data } = defaultApp();

    expect(propertiesOf(data, 'AWS::DynamoDB::GlobalTable').KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
    expect(propertiesOf(data, 'AWS::DynamoDB::Table').KeySchema).toEqual([
      { AttributeName: 'branch-key-id', KeyType: 'HASH' },
      { AttributeName: 'type', KeyType: 'RANGE' },
    ]);
  });
});

describe('the stacks', () => {
  const compose = (changes = {}) =>
    composeApp(new App({ context: cdkContext }), {
      deployment: { ...deployment, ...changes },
      dataClasses: classes,
      bundles: emptyBundles(),
    });

  it('deploy in order: replica, data, then service', () => {
    const { replica, data, service } = compose();

    expect(service.dependencies).toContain(data);
    expect(data.dependencies).toEqual([replica]);
    expect(replica.dependencies).toEqual([]);
  });

  it('refer downwards only', () => {
    const { replica, data, service } = defaultApp();

    expect(JSON.stringify({ replica, data })).not.toContain('Fn::GetStackOutput');
    expect(JSON.stringify(service)).toContain('"StackName":"mediakeep-data"');
    expect(JSON.stringify({ data, service })).not.toContain('Fn::ImportValue');
  });

  it('name their region and leave the account open', () => {
    const { replica, service } = compose();

    expect(service.environment).toBe('aws://unknown-account/ap-south-1');
    expect(replica.environment).toBe('aws://unknown-account/ap-south-2');
  });

  it('protect what holds data against deletion, as the deployer says', () => {
    const { replica, data, service } = compose();

    expect(data.terminationProtection).toBe(true);
    expect(replica.terminationProtection).toBe(true);
    expect(service.terminationProtection).toBe(false);
    expect(compose({ retainData: false }).data.terminationProtection).toBe(false);
  });

  it('let everything go where nothing is to be retained', () => {
    const { replica, data, service } = synthesize({ deployment: { retainData: false } });
    const all = [replica, data, service].flatMap(({ Resources }) => Object.values(Resources));
    // Versions of durable functions go with their function; until then executions run in them.
    const retained = all.filter(
      ({ Type, DeletionPolicy, UpdateReplacePolicy }) =>
        Type !== 'AWS::Lambda::Version' && `${DeletionPolicy}${UpdateReplacePolicy}`.includes('Retain'),
    );

    expect(retained).toEqual([]);
    expect(propertiesOf(data, 'AWS::S3::Bucket', 'Audit').ObjectLockConfiguration.Rule.DefaultRetention).toEqual({
      Mode: 'GOVERNANCE',
      Days: 1,
    });
  });

  it('keep what landed readable by its version for two days and no longer than four', () => {
    const { data } = defaultApp();
    const rules = propertiesOf(data, 'AWS::S3::Bucket', 'Landing').LifecycleConfiguration.Rules;
    const [{ ExpirationInDays, NoncurrentVersionExpiration }] = rules;
    // S3 adds whole days and goes on to the next midnight; it is late with its work, never early.
    const goneAfter = (from: number, count: number, late: number): number => Math.ceil(from + count) + late;
    const stays = (landedAt: number, late: number): number =>
      goneAfter(goneAfter(landedAt, ExpirationInDays, late), NoncurrentVersionExpiration.NoncurrentDays, 0) - landedAt;
    const times = [0.0001, 0.25, 0.5, 0.9999].flatMap((landedAt) => [stays(landedAt, 0), stays(landedAt, 0.1)]);

    expect(Math.min(...times)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...times)).toBeLessThanOrEqual(4);
  });

  it('ring when an upload is lost, where intake counts it', () => {
    const { service } = defaultApp();

    expect(propertiesOf(service, 'AWS::CloudWatch::Alarm', 'AlarmsObjectsLost')).toMatchObject({
      Namespace: 'Mediakeep/mediakeep',
      MetricName: 'ObjectsLost',
      Dimensions: [{ Name: 'service', Value: 'intake' }],
      Threshold: 0,
    });
  });

  it('are the same bytes each time', () => {
    const bundles = emptyBundles();
    // From one line, because the metadata says from where in the source a finding was acknowledged.
    const [first, second] = [1, 2].map(() => synthesize({ bundles }));
    if (first === undefined || second === undefined) throw new Error('nothing was synthesized');
    const files = readdirSync(first.outdir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(first.outdir.length + 1));

    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      expect(readFileSync(join(second.outdir, file)).equals(readFileSync(join(first.outdir, file))), file).toBe(true);
    }
  });
});

describe('one declaration drives the vault', () => {
  const rulesOf = (template: Template) =>
    propertiesOf(template, 'AWS::S3::Bucket', 'Vault').LifecycleConfiguration.Rules;

  it('keeps old versions as long as the floor of their class', () => {
    const kept = { ...rawAudio, retention: { ...rawAudio.retention, floor: days(730) } };
    const { data } = synthesize({
      dataClasses: builtInClasses.map((known) => (known.name === 'raw-audio' ? kept : known)),
    });

    expect(rulesOf(data)).toContainEqual(
      expect.objectContaining({ Id: 'raw-audio', NoncurrentVersionExpiration: { NoncurrentDays: 730 } }),
    );
  });

  it('removes temporary data after a day, and no other current object', () => {
    const expiring = rulesOf(defaultApp().data).filter(
      ({ ExpirationInDays }: Record<string, number>) => ExpirationInDays,
    );

    expect(expiring).toEqual([
      expect.objectContaining({ Id: 'temp', Prefix: 'temp/processing/', ExpirationInDays: 1 }),
    ]);
  });

  it('leaves the journal alone: its old versions are the history', () => {
    const prefixes = rulesOf(defaultApp().data).flatMap(
      ({ Prefix, NoncurrentVersionExpiration }: Record<string, unknown>) =>
        NoncurrentVersionExpiration ? [Prefix] : [],
    );

    expect(prefixes).toContain('facts/');
    expect(prefixes).not.toContain('journal/');
    expect(prefixes).not.toContain(undefined);
  });

  it('stays free of overlapping notifications', () => {
    const { data } = defaultApp();
    const landing = propertiesOf(data, 'AWS::S3::Bucket', 'Landing').NotificationConfiguration.QueueConfigurations;

    expect(landing.map((entry: { Filter: unknown }) => entry.Filter)).toEqual(
      ['put/', 'post/', 'multipart/'].map((Value) => ({ S3Key: { Rules: [{ Name: 'prefix', Value }] } })),
    );
  });
});
