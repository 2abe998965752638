import { describe, expect, it } from 'vitest';
import { destroyPlan, type StackResource } from '../../core/destroy/plan.ts';

const resource = (stackName: string, type: string, name: string, retained: boolean): StackResource => ({
  stackName,
  region: 'ap-south-1',
  type,
  name,
  retained,
});
const noLocks = { auditLocks: {}, vaultLockFinal: {}, catalogTable: 'm-catalog' };

describe('a plan to destroy', () => {
  it('deletes what works before what is worked on, and the copy last', () => {
    const stacks = ['m-replica', 'm-data', 'm-standby', 'm-service'];
    const plan = destroyPlan(
      stacks.map((stack) => resource(stack, 'AWS::SNS::Topic', 't', false)),
      noLocks,
    );

    expect(plan.stacks).toEqual(['m-standby', 'm-service', 'm-data', 'm-replica']);
  });

  it('names data that would go with its stack, but not what a failover made', () => {
    const plan = destroyPlan(
      [
        resource('m-data', 'AWS::S3::Bucket', 'm-vault', false),
        resource('m-standby', 'AWS::S3::Bucket', 'm-scratch', false),
      ],
      noLocks,
    );

    expect(plan.lost.map(({ name }) => name)).toEqual(['m-vault']);
  });

  it('says why something stays, until when, and how it is adopted', () => {
    const plan = destroyPlan(
      [
        resource('m-data', 'AWS::S3::Bucket', 'm-audit', true),
        resource('m-data', 'AWS::S3::Bucket', 'm-vault', true),
        resource('m-data', 'AWS::KMS::Key', 'key-1', true),
        resource('m-data', 'AWS::Backup::BackupVault', 'm-backup', true),
        resource('m-service', 'AWS::Lambda::Version', 'v1', true),
      ],
      {
        ...noLocks,
        auditLocks: { 'm-audit': 'COMPLIANCE 400' },
        vaultLockFinal: { 'ap-south-1': '2026-12-01T00:00:00.000Z' },
      },
    );

    expect(plan.kept.map(({ name }) => name)).toEqual(['m-audit', 'm-vault', 'key-1', 'm-backup']);
    expect(plan.kept).toMatchObject([
      { until: '400 days after its youngest segment was written' },
      { why: 'retained (`retainData`)', adopt: 'by its name, with --import-existing-resources' },
      { adopt: expect.stringContaining('npx cdk import') },
      { why: expect.stringContaining('final from 2026-12-01') },
    ]);
  });

  it('would have only the catalog made anew: keys of people are nowhere else', () => {
    const { kept } = destroyPlan(
      [
        resource('m-data', 'AWS::DynamoDB::GlobalTable', 'm-catalog', true),
        resource('m-data', 'AWS::DynamoDB::GlobalTable', 'm-subject-keys', true),
      ],
      noLocks,
    );

    expect(kept.map(({ adopt }) => adopt.includes('rebuild-catalog'))).toEqual([true, false]);
    expect(kept[1]?.adopt).toContain('sealed content can never be read');
  });
});
