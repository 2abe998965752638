import { amount } from '../amount.ts';
import type { Drift } from '../drift/bucket-drift.ts';
import { days, hours } from '../time.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Of a table, what keeps what is in it and tells of changes. */
export interface TableState {
  readonly status?: string | undefined;
  readonly encryption?: string | undefined;
  readonly stream?: string | undefined;
  readonly timeToLive?: string | undefined;
  readonly recovery?: string | undefined;
  readonly protected?: boolean | undefined;
}

const deployAgain =
  'Find out who changed it (CloudTrail), then deploy again: npx cdk deploy --all --revert-drift, or set it back by hand';

/** Is the catalog what was deployed? One that was restored has none of these. */
export const judgeTable = (table: string, state: TableState): readonly Finding[] => {
  const is = (setting: string, found: string | undefined, wanted: string, severity = failed): Finding =>
    found === wanted
      ? ok(`${table} ${setting}`, found)
      : severity(`${table} ${setting}`, `it is ${found ?? 'off'}, not ${wanted}`, deployAgain);
  return [
    is('status', state.status, 'ACTIVE'),
    is('encryption', state.encryption, 'KMS'),
    is('point-in-time recovery', state.recovery, 'ENABLED'),
    is('stream', state.stream, 'NEW_AND_OLD_IMAGES'),
    is('time to live', state.timeToLive, 'ENABLED'),
    // A deployment that keeps nothing has none, and cannot be told from one that lost it.
    state.protected === true
      ? ok(`${table} deletion protection`, 'it is on')
      : warning(`${table} deletion protection`, 'it is off', `With \`retainData\` it has to be on. ${deployAgain}`),
  ];
};

/** What the guard of buckets and keys found when it was asked. */
export interface GuardFindings {
  readonly drifts: readonly Drift[];
  readonly unusable: readonly { readonly key: string; readonly state: string }[];
}

/** One finding for each bucket of the home region, and one for its keys. */
export const judgeBuckets = (buckets: readonly string[], { drifts, unusable }: GuardFindings): readonly Finding[] => [
  ...buckets.map((bucket) => {
    const own = drifts.filter((drift) => drift.bucket === bucket);
    if (own.length === 0) {
      return ok(`bucket ${bucket}`, 'policy, public access, versioning, lifecycle, replication, lock, encryption');
    }
    return failed(`bucket ${bucket}`, own.map(({ setting, found }) => `${setting}: ${found}`).join('; '), deployAgain);
  }),
  unusable.length === 0
    ? ok('keys', 'all can be used')
    : failed(
        'keys',
        unusable.map(({ key, state }) => `${key} is ${state}`).join('; '),
        'Take back its deletion or enable it again at once: aws kms cancel-key-deletion, aws kms enable-key',
      ),
];

/** Of a copy in the second region, what can be told without the template. */
export interface CopyState {
  readonly versioning?: string | undefined;
  readonly encryption?: string | undefined;
  /** The kinds of public access that are not blocked. */
  readonly open: readonly string[];
  /** Statements of the policy. */
  readonly denials: number;
}

/** Is a copy in the second region still kept as one? */
export const judgeCopy = (bucket: string, state: CopyState): Finding => {
  const wrong = [
    ...(state.versioning === 'Enabled' ? [] : [`versioning is ${state.versioning ?? 'off'}`]),
    ...(state.encryption === 'aws:kms' ? [] : [`encryption is ${state.encryption ?? 'off'}`]),
    ...(state.open.length === 0 ? [] : [`${state.open.join(', ')} is off`]),
    ...(state.denials > 0 ? [] : ['its policy denies nothing']),
  ];
  return wrong.length === 0
    ? ok(`copy ${bucket}`, 'versioning, encryption, public access, policy')
    : failed(`copy ${bucket}`, wrong.join('; '), deployAgain);
};

/** Of a backup vault, its lock. */
export interface VaultState {
  readonly locked: boolean;
  readonly finalFromMs?: number | undefined;
  readonly points: number;
}

/** Is the backup vault locked, and is there anything in it? */
export const judgeVault = (where: string, { locked, finalFromMs, points }: VaultState): readonly Finding[] => [
  locked
    ? ok(`lock of ${where}`, finalFromMs === undefined ? 'on' : `final from ${new Date(finalFromMs).toISOString()}`)
    : failed(`lock of ${where}`, 'it is off: recovery points can be removed', deployAgain),
  points > 0
    ? ok(`recovery points of ${where}`, String(points))
    : warning(
        `recovery points of ${where}`,
        'there is none',
        'The first comes with the first night; later: see the failed jobs of AWS Backup',
      ),
];

/** An alarm as CloudWatch tells of it. */
export interface AlarmState {
  readonly name: string;
  readonly state: string;
  readonly enabled: boolean;
  readonly actions: number;
}

/** Are the alarms there, and does each still tell somebody? `expected` are their names, where anybody knows them. */
export const judgeAlarms = (
  region: string,
  alarms: readonly AlarmState[],
  expected: readonly string[] = [],
): readonly Finding[] => {
  const check = `alarms ${region}`;
  const missing = expected.filter((name) => !alarms.some((alarm) => alarm.name === name));
  const mute = alarms.filter(({ enabled, actions }) => !enabled && actions > 0);
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  const blind = alarms.length === 0 || missing.length > 0;
  return [
    blind
      ? failed(check, missing.length > 0 ? `missing: ${missing.join(', ')}` : 'there is none', deployAgain)
      : ok(check, `${alarms.length} are there`),
    mute.length > 0
      ? failed(
          `${check} tell somebody`,
          `off: ${mute.map(({ name }) => name).join(', ')}`,
          'aws cloudwatch enable-alarm-actions --alarm-names …',
        )
      : ok(`${check} tell somebody`, 'actions are on'),
    ringing.length > 0
      ? warning(
          `${check} are silent`,
          `ringing: ${ringing.map(({ name }) => name).join(', ')}`,
          'Each says in its description what to do',
        )
      : ok(`${check} are silent`, 'none rings'),
  ];
};

/** Drills run each month; the alarm rings at the same age. */
const oldestProof = days(38);

/** When was it last proven that the backups can be recovered? `at` is an ISO time, undefined where it never was. */
export const judgeProof = (at: string | undefined, nowMs: number): Finding => {
  const check = 'last proof of recovery';
  const todo = 'Run one: mediakeep drill';
  const provenMs = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(provenMs)) return failed(check, 'there has never been one', todo);
  const age = nowMs - provenMs;
  // An hour allows for two clocks; more is a row that no drill has written.
  if (age < -hours(1)) return failed(check, `${at} lies in the future`, todo);
  return age > oldestProof
    ? failed(check, `${at}, ${amount(Math.floor(age / days(1)), 'day')} ago`, todo)
    : ok(check, `${at}`);
};

/** The resources that a plan of backups takes, as ARNs or patterns. */
export interface BackupSelection {
  readonly plan: string;
  readonly resources: readonly string[];
}

/**
 * Do the plans take what they should and nothing else? A backup of subjects' keys would bring an erased person back: so that
 * only the catalog may be named among tables, and nothing by pattern.
 */
export const judgeSelections = (selections: readonly BackupSelection[], catalogTable: string): readonly Finding[] => {
  const resources = selections.flatMap((selection) => selection.resources);
  const forbidden = resources.filter(
    (arn) => arn.includes('*') || (arn.includes(':table/') && !arn.endsWith(`:table/${catalogTable}`)),
  );
  return [
    resources.some((arn) => arn.endsWith(`:table/${catalogTable}`)) && resources.some((arn) => arn.includes(':s3:::'))
      ? ok(
          'backup plans',
          `${amount(new Set(resources).size, 'resource')} in ${amount(selections.length, 'selection')}`,
        )
      : failed('backup plans', 'no plan takes the catalog and the vault', deployAgain),
    forbidden.length === 0
      ? ok('keys of people stay out of backups', 'only the catalog is taken among tables, and nothing by pattern')
      : failed('keys of people stay out of backups', `a plan takes ${forbidden.join(', ')}`, deployAgain),
  ];
};

/** A function's source of events. */
export interface SourceState {
  readonly functionName: string;
  readonly state: string;
}

/** Do queues and stream still reach their functions? */
export const judgeSources = (sources: readonly SourceState[]): Finding => {
  const check = 'queues and stream reach their functions';
  const still = sources.filter(({ state }) => !['Enabled', 'Enabling', 'Creating', 'Updating'].includes(state));
  if (sources.length === 0) return failed(check, 'there is no event source', deployAgain);
  return still.length === 0
    ? ok(check, `${sources.length} are enabled`)
    : failed(check, still.map(({ functionName, state }) => `${functionName} is ${state}`).join(', '), deployAgain);
};
