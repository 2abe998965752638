import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../config/check-deployment.ts';
import type { Deployment } from '../../config/deployment.ts';
import { deployment } from '../../config/mediakeep.config.ts';
import { whatHasToBeEnabled } from '../../config/regions.ts';
import { days } from '../../core/time.ts';

const check = (changes: Record<string, unknown>) => () => checkDeployment({ ...deployment, ...changes });

interface Refusal {
  readonly title: string;
  readonly changes: Record<string, unknown>;
  readonly field: string;
  readonly value: unknown;
  readonly says: readonly string[];
}

const refusals: readonly Refusal[] = [
  ...[
    '',
    'ab',
    'a'.repeat(21),
    'Keep',
    '1keep',
    'keep-',
    'ke--ep',
    'my-aws',
    'amazonia',
    'cognito-x',
    'ke_ep',
    `\${AWS::Region}`,
    'Fn::Sub',
  ].map((name) => ({
    title: `the name ${JSON.stringify(name)}`,
    changes: { name },
    field: 'name',
    value: name,
    says: ['3 to 20 lower-case letters', 'Choose a name'],
  })),
  {
    title: 'a home region that is no region',
    changes: { homeRegion: 'mumbai' },
    field: 'homeRegion',
    value: 'mumbai',
    says: ['a region such as `ap-south-1`'],
  },
  {
    title: 'one region for both',
    changes: { secondRegion: 'ap-south-1' },
    field: 'secondRegion',
    value: 'ap-south-1',
    says: ['another region than `homeRegion`', 'lost with it'],
  },
  {
    title: 'a home region outside the jurisdiction',
    changes: { homeRegion: 'eu-west-1' },
    field: 'homeRegion',
    value: 'eu-west-1',
    says: ['ap-south-1, ap-south-2', '`jurisdiction` is IN'],
  },
  {
    title: 'a second region outside the jurisdiction',
    changes: { secondRegion: 'us-east-1' },
    field: 'secondRegion',
    value: 'us-east-1',
    says: ['another jurisdiction'],
  },
  {
    title: 'a jurisdiction that nobody knows',
    changes: { jurisdiction: 'XX' },
    field: 'jurisdiction',
    value: 'XX',
    says: ['`IN`', '`ANY` lifts the limit'],
  },
  {
    title: 'more machines than an authorizer has audiences',
    changes: { machines: Array.from({ length: 50 }, (_, index) => `site-${index}`) },
    field: 'machines',
    value: 'site-0',
    says: ['at most 49 names', '50 audiences'],
  },
  {
    title: 'a machine named twice',
    changes: { machines: ['camera', 'camera'] },
    field: 'machines',
    value: 'camera',
    says: ['each name once'],
  },
  {
    title: 'a machine with a bad name',
    changes: { machines: ['Front Door'] },
    field: 'machines.0',
    value: 'Front Door',
    says: ['lower-case letters'],
  },
  {
    title: 'data kept by a word',
    changes: { retainData: 'yes' },
    field: 'retainData',
    value: 'yes',
    says: ['`true` or `false`'],
  },
  {
    title: 'an alarm address that is none',
    changes: { alarmEmail: 'ops' },
    field: 'alarmEmail',
    value: 'ops',
    says: ['one e-mail address'],
  },
  ...['*', 'https://*.example.org', 'https://keep.example.org/app', 'http://keep.example.org'].map((origin) => ({
    title: `the origin ${origin}`,
    changes: { corsOrigins: [origin] },
    field: 'corsOrigins.0',
    value: origin,
    says: ['exact origins', 'without `*`'],
  })),
  {
    title: 'logs kept for less than a year',
    changes: { logRetentionDays: 30 },
    field: 'logRetentionDays',
    value: 30,
    says: ['365, 400', 'fewer than a year is not enough'],
  },
  {
    title: 'an audit that is kept for half a day',
    changes: { auditRetention: days(0.5) },
    field: 'auditRetention',
    value: days(0.5),
    says: ['whole days from days(1)'],
  },
  {
    title: 'an erasure deadline past 90 days',
    changes: { erasureDeadline: days(91) },
    field: 'erasureDeadline',
    value: days(91),
    says: ['days(90)'],
  },
  {
    title: 'old versions that outlive the erasure deadline',
    changes: { noncurrentRetention: days(36) },
    field: 'noncurrentRetention',
    value: days(36),
    says: ['at most `erasureDeadline`, days(35)'],
  },
  {
    title: 'acceleration by a number',
    changes: { transferAcceleration: 1 },
    field: 'transferAcceleration',
    value: 1,
    says: ['`true` or `false`'],
  },
  {
    title: 'a namespace that S3 does not have',
    changes: { bucketNamespace: 'regional' },
    field: 'bucketNamespace',
    value: 'regional',
    says: ['`account-regional`, `global`'],
  },
  {
    title: 'a plan without managed login',
    changes: { identityPlan: 'lite' },
    field: 'identityPlan',
    value: 'lite',
    says: ['`essentials`, `plus`'],
  },
  {
    title: 'a quota of nothing',
    changes: { quotas: { requestsPerMinute: 0 } },
    field: 'quotas.requestsPerMinute',
    value: 0,
    says: ['a whole number from 10'],
  },
  {
    title: 'a mapping of one batch at a time',
    changes: { concurrency: { intake: { maximum: 1 }, catalog: { maximum: 4 } } },
    field: 'concurrency.intake.maximum',
    value: 1,
    says: ['from 2 to 1000'],
  },
  {
    title: 'reserved executions that the mapping uses up',
    changes: { concurrency: { intake: { maximum: 4 }, catalog: { maximum: 4, reserved: 4 } } },
    field: 'concurrency.catalog.reserved',
    value: 4,
    says: ['more than `concurrency.catalog.maximum`, which is 4'],
  },
  {
    title: 'a field that nobody knows',
    changes: { regions: ['ap-south-1'] },
    field: 'regions',
    value: 'ap-south-1',
    says: ['the fields name, homeRegion', 'correct its name'],
  },
  {
    title: 'a quota that nobody knows',
    changes: { quotas: { requestsPerMinute: 600, bytes: 5 } },
    field: 'quotas.bytes',
    value: 5,
    says: ['the fields requestsPerMinute'],
  },
];

describe('a deployment that cannot work stops synthesis', () => {
  it.each(refusals)('refuses $title', ({ changes, field, value, says }) => {
    expect(check(changes)).toThrow(`\`${field}\` is `);
    expect(check(changes)).toThrow(String(value));
    for (const sentence of says) expect(check(changes)).toThrow(sentence);
  });

  it('names every wrong field at once', () => {
    const run = check({ name: 'X', logRetentionDays: 1 });

    expect(run).toThrow('`name` is `"X"`');
    expect(run).toThrow('`logRetentionDays` is `1`');
  });

  it('refuses what is no object at all', () => {
    expect(() => checkDeployment(undefined)).toThrow('cannot be deployed');
  });
});

describe('a deployment that works passes unchanged', () => {
  it('leaves the API more than half of the ten executions of a new account by default', () => {
    const { intake, catalog } = deployment.concurrency;

    expect(intake.maximum + catalog.maximum).toBeLessThan(5);
  });

  it('accepts the default', () => {
    expect(checkDeployment(deployment)).toEqual(deployment);
  });

  it.each<Partial<Deployment>>([
    { name: 'k33' },
    { name: 'a'.repeat(20) },
    { alarmEmail: 'ops@example.org' },
    { corsOrigins: ['https://keep.example.org', 'http://localhost:5173'] },
    { jurisdiction: 'ANY', homeRegion: 'eu-west-2', secondRegion: 'us-east-1' },
    { machines: [] },
    { machines: Array.from({ length: 49 }, (_, index) => `site-${index}`) },
    { concurrency: { intake: { maximum: 2, reserved: 3 }, catalog: { maximum: 1000 } } },
  ])('accepts %j', (changes) => {
    expect(check(changes)).not.toThrow();
  });

  it('admits exactly the names that fit in every bucket name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{0,24}$/), (name) => {
        const longest = `${name}-landing-000000000000-ap-northeast-1-an`;
        const accepted = !throws(check({ name }));
        if (accepted) expect(longest).toMatch(/^(?=.{3,63}$)[a-z0-9](?!.*--)[a-z0-9-]*[a-z0-9]$/);
        return true;
      }),
    );
  });
});

describe('regions that an account has to enable', () => {
  it('are named with the command that does it', () => {
    expect(whatHasToBeEnabled(['ap-south-1', 'ap-south-2'])).toBe(
      'Enable the region ap-south-2 in the account first: aws account enable-region --region-name ap-south-2\n',
    );
  });

  it('are none where every account has them', () => {
    expect(whatHasToBeEnabled(['eu-central-1', 'eu-west-1'])).toBe('');
  });
});

const throws = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch {
    return true;
  }
};
