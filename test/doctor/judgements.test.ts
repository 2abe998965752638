import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAlarms, judgeBuckets, judgeProof, judgeSelections, judgeVault } from '../../core/doctor/after.ts';
import {
  judgeBackupSettings,
  judgeBootstrap,
  judgeClock,
  judgeConcurrency,
  judgeVersion,
} from '../../core/doctor/before.ts';
import { type Finding, failed, ok, skipped, unknown, verdict, warning } from '../../core/doctor/finding.ts';
import { days, isoTime } from '../../core/time.ts';

const now = Date.parse('2026-11-21T00:00:00Z');
const judgements = (findings: readonly Finding[]) => findings.map(({ judgement }) => judgement);

describe('a verdict', () => {
  const finding = fc.constantFrom(
    ok('a', ''),
    warning('b', '', ''),
    failed('c', '', ''),
    unknown('d', '', ''),
    skipped('e', ''),
  );

  it('is healthy only where something was looked at, nothing has failed and nothing is unknown', () => {
    fc.assert(
      fc.property(fc.array(finding), (findings) => {
        const found = judgements(findings);
        const isSound = !found.includes('failed') && !found.includes('unknown');
        const hasLooked = found.includes('ok') || found.includes('warning');

        expect(verdict(findings) === 'healthy').toBe(isSound && hasLooked);
      }),
    );
  });

  it('is a failure before it is unknown', () => {
    expect(verdict([unknown('a', '', ''), failed('b', '', '')])).toBe('failed');
  });
});

describe('before a deployment', () => {
  it.each([
    [Number.NaN, 'failed'],
    [0, 'failed'],
    [Date.UTC(9999, 0, 1), 'failed'],
    [Date.UTC(2038, 0, 19, 3, 14, 8), 'ok'],
    [now, 'ok'],
  ])('takes a clock at %d for %s', (machineMs, judgement) => {
    expect(judgeClock(machineMs).judgement).toBe(judgement);
  });

  it('refuses a clock whose signatures AWS would refuse', () => {
    expect(judgeClock(now, now + 4 * 60_000).judgement).toBe('ok');
    expect(judgeClock(now, now - 5 * 60_000).judgement).toBe('failed');
  });

  it('compares versions by number, not by letter', () => {
    expect(judgeVersion('it', '2.1148.1', '2.270.0', 'npm ci').judgement).toBe('ok');
    expect(judgeVersion('it', 'v22.9.0', '22.18.0', 'npm ci').judgement).toBe('failed');
    expect(judgeVersion('it', undefined, '1.0.0', 'npm ci').judgement).toBe('failed');
    expect(judgeVersion('it', 'next', '1.0.0', 'npm ci').judgement).toBe('failed');
  });

  it('wants the region bootstrapped, with a version that the CDK takes', () => {
    expect([undefined, '5', 'x', '6', '30'].map((version) => judgeBootstrap('ap-south-1', version).judgement)).toEqual([
      'failed',
      'failed',
      'failed',
      'ok',
      'ok',
    ]);
  });

  it('leaves a hundred executions to functions without a reservation, as AWS does', () => {
    const limits = { concurrent: 1000, unreserved: 120 };

    expect(judgeConcurrency('r', limits, 20).judgement).toBe('ok');
    expect(judgeConcurrency('r', limits, 21).judgement).toBe('failed');
    expect(judgeConcurrency('r', { concurrent: 10, unreserved: 10 }, 0).judgement).toBe('warning');
    expect(judgeConcurrency('r', {}, 0).judgement).toBe('failed');
  });

  it('says how to switch advanced backups of tables on', () => {
    const findings = judgeBackupSettings('ap-south-2', { optIn: { DynamoDB: true, S3: true }, management: {} });

    expect(judgements(findings)).toEqual(['ok', 'failed']);
    expect(findings[1]?.todo).toContain('--region ap-south-2 --resource-type-management-preference DynamoDB=true');
  });
});

describe('after a deployment', () => {
  it('names each setting of a bucket that is not what was deployed', () => {
    const drifts = [{ bucket: 'b', setting: 'versioning', found: 'it is Suspended' }];

    expect(judgeBuckets(['a', 'b'], { drifts, unusable: [{ key: 'k', state: 'Disabled' }] })).toMatchObject([
      { check: 'bucket a', judgement: 'ok' },
      { check: 'bucket b', judgement: 'failed', found: 'versioning: it is Suspended' },
      { check: 'keys', judgement: 'failed', found: 'k is Disabled' },
    ]);
  });

  it('takes a proof for too old after 38 days, and none from the future', () => {
    expect(judgeProof(isoTime(now - days(38)), now).judgement).toBe('ok');
    expect(judgeProof(isoTime(now - days(38) - 1), now).judgement).toBe('failed');
    expect(judgeProof(isoTime(now + days(1)), now).judgement).toBe('failed');
    expect(judgeProof('yesterday', now).judgement).toBe('failed');
    expect(judgeProof(undefined, now).judgement).toBe('failed');
  });

  it('finds alarms that are gone, mute or ringing', () => {
    const alarm = { name: 'm-a', state: 'OK', enabled: true, actions: 1 };

    expect(judgements(judgeAlarms('r', []))[0]).toBe('failed');
    expect(judgements(judgeAlarms('r', [alarm], ['m-a', 'm-b']))).toEqual(['failed', 'ok', 'ok']);
    expect(judgements(judgeAlarms('r', [{ ...alarm, enabled: false }]))).toEqual(['ok', 'failed', 'ok']);
    expect(judgements(judgeAlarms('r', [{ ...alarm, state: 'ALARM' }]))).toEqual(['ok', 'ok', 'warning']);
  });

  it('admits no plan that would take the keys of people', () => {
    const good = ['arn:aws:s3:::m-vault', 'arn:aws:dynamodb:r:1:table/catalog'];
    const judge = (resources: string[]) => judgements(judgeSelections([{ plan: 'p', resources }], 'catalog'));

    expect(judge(good)).toEqual(['ok', 'ok']);
    expect(judge([...good, 'arn:aws:dynamodb:r:1:table/subject-keys'])).toEqual(['ok', 'failed']);
    expect(judge([...good, 'arn:aws:dynamodb:*:*:table/*'])).toEqual(['ok', 'failed']);
    expect(judge(['tag:owner=*'])).toEqual(['failed', 'failed']);
  });

  it('wants backup vaults locked', () => {
    expect(judgements(judgeVault('v', { locked: false, points: 0 }))).toEqual(['failed', 'warning']);
  });
});
