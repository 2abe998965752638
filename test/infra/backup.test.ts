import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../config/check-deployment.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { days } from '../../core/time.ts';
import { backupDays, longestBackupDays } from '../../lib/constructs/backup-plans.ts';
import { backupRules } from '../../lib/rules/backup-rules.ts';
import { readTemplates } from '../../lib/rules/templates.ts';
import { propertiesOf } from './breakages/broken-templates.ts';
import { defaultApp, type Synthesized } from './synthesized.ts';

const planRules = ({ data }: Pick<Synthesized, 'data'>) =>
  propertiesOf(data, 'AWS::Backup::BackupPlan').BackupPlan.BackupPlanRule;

describe('backups', () => {
  it('are made in four rhythms, all of which end within the deadline of an erasure', () => {
    expect(
      planRules(defaultApp()).map((rule: Record<string, unknown>) => [
        rule['RuleName'],
        rule['EnableContinuousBackup'] ?? false,
        Reflect.get(Object(rule['Lifecycle']), 'DeleteAfterDays'),
      ]),
    ).toEqual([
      ['continuous', true, 35],
      ['daily', false, 8],
      ['weekly', false, 35],
      ['monthly', false, 35],
    ]);
  });

  it('end earlier where an erasure has to', () => {
    expect(backupDays({ ...deployment, erasureDeadline: days(20) })).toBe(20);
    expect(backupDays({ ...deployment, erasureDeadline: days(90) })).toBe(35);
    const longBackups = { parts: ['audit' as const], keepFor: days(400) };
    expect(longestBackupDays({ ...deployment, longBackups })).toBe(400);
  });

  it.each([
    ['catalog', ['catalog']],
    ['vault', ['vault']],
    ['audit', []],
  ] as const)('that are kept for years are looked at: %s', (part, refused) => {
    const { data, service, replica } = structuredClone(defaultApp());
    const resource = data.Resources;
    const selection = propertiesOf(data, 'AWS::Backup::BackupSelection').BackupSelection.Resources;
    const index = { vault: 0, audit: 1, catalog: 2 }[part];
    resource['PlanB'] = {
      Type: 'AWS::Backup::BackupPlan',
      Properties: { BackupPlan: { BackupPlanRule: [{ RuleName: 'long', Lifecycle: { DeleteAfterDays: 400 } }] } },
    };
    resource['PlanBSelection'] = {
      Type: 'AWS::Backup::BackupSelection',
      Properties: { BackupPlanId: { Ref: 'PlanB' }, BackupSelection: { Resources: [selection[index]] } },
    };
    const resources = readTemplates({
      'mediakeep-replica': replica,
      'mediakeep-data': data,
      'mediakeep-service': service,
    });
    const found = backupRules
      .filter(({ id }) => id === 'C99b')
      .flatMap((rule) => rule.check({ resources, deployment, dataClasses: classes }));

    expect(found.map(({ message }) => /keeps (\w+) /.exec(message)?.[1])).toEqual(refused);
  });

  it('that go cold stay there for as long as is charged', () => {
    const longBackups = { parts: ['audit'], keepFor: days(100), coldAfter: days(30) };

    expect(() => checkDeployment({ ...deployment, longBackups })).toThrow('at least 90 days more than `coldAfter`');
    expect(() => checkDeployment({ ...deployment, longBackups: { ...longBackups, keepFor: days(120) } })).not.toThrow();
  });

  it('are locked for good only where somebody says so', () => {
    const lock = propertiesOf(defaultApp().data, 'AWS::Backup::BackupVault').LockConfiguration;

    expect(lock).toEqual({ MinRetentionDays: 1, MaxRetentionDays: 35 });
    expect(() => checkDeployment({ ...deployment, backupLock: 2 })).toThrow('backupLock');
  });
});
