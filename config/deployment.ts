import * as z from 'zod';
import { days } from '../core/time.ts';
import { field } from './field.ts';
import { type Jurisdiction, jurisdictions } from './regions.ts';

const day = days(1);
const logRetentionDays = [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;
const jurisdictionNames = Object.keys(jurisdictions) as [Jurisdiction, ...Jurisdiction[]];

const wholeDays = (least: number, most: number, fix: string) =>
  field(z.int().min(days(least)).max(days(most)).multipleOf(day), {
    allowed: `whole days from days(${least}) to days(${most})`,
    fix,
  });

const count = (least: number, most: number, fix: string) =>
  field(z.int().min(least).max(most), { allowed: `a whole number from ${least} to ${most}`, fix });

const region = (fix: string) =>
  field(z.string().regex(/^[a-z]{2}-[a-z]+-[1-9]$/), { allowed: 'a region such as `ap-south-1`', fix });

const yesOrNo = (fix: string) => field(z.boolean(), { allowed: '`true` or `false`', fix });

const Concurrency = z.strictObject({
  /** Batches that the queue hands out at the same time. */
  maximum: count(2, 1000, 'SQS scales a mapping between 2 and 1,000'),
  /** Executions kept for this function alone; a new account has none to spare. */
  reserved: count(3, 1000, 'Leave it out, or keep more than `maximum`').optional(),
});

/** What a deployer decides, apart from the data classes. */
export const Deployment = z.strictObject({
  /** Prefix of everything with a name; two deployments in one account differ in it. */
  name: field(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,18}[a-z0-9]$/)
      .regex(/^(?!.*(--|aws|amazon|cognito))/),
    {
      allowed:
        '3 to 20 lower-case letters, digits and single hyphens, beginning with a letter, ending with no hyphen, without `aws`, `amazon` or `cognito`',
      fix: 'Choose a name that buckets and the login domain can bear',
    },
  ),
  /** Where everything runs. */
  homeRegion: region('Name the region where the data of your users has to be'),
  /** Where copies go. Opt-in regions such as `ap-south-2` have to be enabled in the account first. */
  secondRegion: region('Name a second region of the same jurisdiction'),
  /** Whose law says where the data may lie. */
  jurisdiction: field(z.enum(jurisdictionNames), {
    allowed: jurisdictionNames.map((name) => `\`${name}\``).join(', '),
    fix: 'Choose the jurisdiction of the recorded people; `ANY` lifts the limit',
  }),
  /** One app client with a secret for each machine or site that signs in by itself; Cognito charges for each. */
  machines: field(z.array(z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/)).max(49), {
    allowed:
      'at most 49 names of 2 to 32 lower-case letters, digits and hyphens (an authorizer takes 50 audiences, one is for people)',
    fix: 'Give one name a site and tell its cameras apart by device id',
  }),
  /** Keeps every stateful resource when its stack is deleted, and protects the stacks. */
  retainData: yesOrNo('Set `false` only for deployments that may lose everything'),
  /** Who is told of alarms; nobody, if left out. */
  alarmEmail: field(z.email(), { allowed: 'one e-mail address', fix: 'Give an address or leave it out' }).optional(),
  /** US dollars a month: alarms tell when 80 % and all of it is spent, and when more is foreseen; no budget, if left out. */
  monthlyBudgetUsd: count(1, 10_000_000, 'Give what a month may cost, or leave it out').optional(),
  /** Web pages that may upload and call the API. */
  corsOrigins: field(z.array(z.string().regex(/^(https:\/\/[a-z0-9.-]+(:\d{1,5})?|http:\/\/localhost:\d{1,5})$/)), {
    allowed:
      'exact origins such as `https://keep.example.org` or `http://localhost:5173`, without path and without `*`',
    fix: 'List each origin in full',
  }),
  /** How long logs stay; a year at least, which the access log of personal data needs. */
  logRetentionDays: field(z.literal(logRetentionDays), {
    allowed: logRetentionDays.join(', '),
    fix: 'CloudWatch knows only these numbers of days, and fewer than a year is not enough',
  }),
  /** How long a sealed audit segment cannot be deleted by anybody. */
  auditRetention: wholeDays(1, 3653, 'Choose what your auditors ask for; it cannot be shortened later'),
  /** How long after an erasure the last copy may still exist. */
  erasureDeadline: wholeDays(
    1,
    90,
    'Backups and old versions end within it; 35 days is what a continuous backup keeps',
  ),
  /**
   * Days after which the lock of the backup vaults becomes final (compliance mode): from then on nobody, the account's root
   * included, can remove a recovery point before its end. Without it the lock can be taken off by whoever has the right to.
   */
  backupLock: count(
    3,
    36_500,
    'Leave it out until the plans are what you want; a final lock is never undone',
  ).optional(),
  /** Backups that are kept for longer than an erasure may take, each month: only of parts that hold nobody in clear. */
  longBackups: z
    .strictObject({
      parts: field(z.array(z.enum(['vault', 'audit', 'catalog'])).min(1), {
        allowed: '`vault`, `audit`, `catalog`',
        fix: 'Name what has to be kept for years',
      }),
      keepFor: wholeDays(36, 3653, 'Shorter ones are made anyway'),
      /** Cold storage is charged for 90 days at least. */
      coldAfter: wholeDays(1, 3563, 'Leave it out to keep them warm').optional(),
    })
    .optional(),
  /** How long a deleted object can be undeleted: the life of noncurrent versions. */
  noncurrentRetention: wholeDays(1, 90, 'Keep it within `erasureDeadline`'),
  /** In how many days every byte of the vault that is not archived is read again and compared with its checksum. */
  scrubEvery: wholeDays(1, 3653, 'Each GB is read once in this time: 90 days are usual'),
  /** Uploads through CloudFront's edge, for a price per GB. */
  transferAcceleration: yesOrNo('Set `true` only for uploaders far from the home region'),
  /** `account-regional` keeps bucket names out of everybody else's reach; `global` for regions without it. */
  bucketNamespace: field(z.enum(['account-regional', 'global']), {
    allowed: '`account-regional`, `global`',
    fix: 'Use `global` only where the region has no account-regional namespace',
  }),
  /** Cognito's plan: `plus` adds threat protection for a price per user. */
  identityPlan: field(z.enum(['essentials', 'plus']), {
    allowed: '`essentials`, `plus`',
    fix: 'The managed login needs at least `essentials`',
  }),
  quotas: z.strictObject({
    /** Requests of one caller in a minute. */
    requestsPerMinute: count(10, 100_000, 'Give what one client needs in its busiest minute'),
  }),
  concurrency: z.strictObject({ intake: Concurrency, catalog: Concurrency }),
});

export type Deployment = z.infer<typeof Deployment>;
