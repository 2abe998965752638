import { hours } from '../time.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** Of AWS Lambda's account settings, what a deployment shares with everything else in the region. */
export interface FunctionLimits {
  /** Executions at the same time in the region. */
  readonly concurrent?: number | undefined;
  /** Of these, what no function has reserved for itself. */
  readonly unreserved?: number | undefined;
}

/** Below this a queue's consumers and the API throttle each other as soon as somebody uploads a folder. */
const usualConcurrency = 100;
/** AWS leaves this many to functions without a reservation, and refuses a deployment that would take them. */
const leastUnreserved = 100;

/** Can the functions run beside each other? `reserved` is what the configuration reserves. */
export const judgeConcurrency = (region: string, limits: FunctionLimits, reserved: number): Finding => {
  const check = `concurrency ${region}`;
  const { concurrent, unreserved } = limits;
  if (concurrent === undefined || unreserved === undefined) {
    return failed(check, 'Lambda named no limit', 'Look at the quotas of AWS Lambda in the console');
  }
  const raise =
    'Ask for more: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 ' +
    `--desired-value 1000 --region ${region}`;
  if (reserved > 0 && unreserved - reserved < leastUnreserved) {
    const found = `${unreserved} of ${concurrent} are free, ${reserved} are to be reserved, ${leastUnreserved} have to be left`;
    return failed(check, found, `Leave out \`concurrency.….reserved\`, or: ${raise}`);
  }
  const found = `${concurrent} at the same time, ${unreserved} of them unreserved`;
  return concurrent < usualConcurrency ? warning(check, found, raise) : ok(check, found);
};

/** The version that the CDK asks of the bootstrap stack. */
const leastBootstrap = 6;

/** Is the region bootstrapped for the CDK? `version` is undefined where there is no stack `CDKToolkit`. */
export const judgeBootstrap = (region: string, version: string | undefined): Finding => {
  const check = `bootstrap ${region}`;
  const todo = `npx cdk bootstrap aws://ACCOUNT/${region}`;
  if (version === undefined) return failed(check, 'there is no stack CDKToolkit', todo);
  if (!/^\d+$/.test(version)) return failed(check, `its version is \`${version}\``, todo);
  return Number(version) < leastBootstrap
    ? failed(check, `version ${version}; ${leastBootstrap} is the least`, todo)
    : ok(check, `version ${version}`);
};

/** Of the region's settings of AWS Backup, who makes backups of a kind of resource. */
export interface BackupSettings {
  readonly optIn: Readonly<Record<string, boolean>>;
  readonly management: Readonly<Record<string, boolean>>;
}

/** Copies of tables to another region need the advanced features, which are a setting of the account in each region. */
export const judgeBackupSettings = (region: string, { optIn, management }: BackupSettings): readonly Finding[] => {
  const update = (rest: string): string => `aws backup update-region-settings --region ${region} ${rest}`;
  const off = ['DynamoDB', 'S3'].filter((type) => optIn[type] !== true);
  const check = `backup ${region}`;
  return [
    off.length === 0
      ? ok(check, 'AWS Backup takes tables and buckets')
      : failed(
          check,
          `AWS Backup does not take ${off.join(' and ')}`,
          update(`--resource-type-opt-in-preference ${off.map((type) => `${type}=true`).join(',')}`),
        ),
    management['DynamoDB'] === true
      ? ok(`advanced DynamoDB backup ${region}`, 'it is on')
      : failed(
          `advanced DynamoDB backup ${region}`,
          'it is off: backups of tables cannot be copied to another region',
          update('--resource-type-management-preference DynamoDB=true'),
        ),
  ];
};

/** Is a version at least what is asked? Both `22.1.0`; what comes after three numbers is not looked at. */
export const judgeVersion = (what: string, found: string | undefined, least: string, todo: string): Finding => {
  const check = `version of ${what}`;
  if (found === undefined) return failed(check, 'it is not there', todo);
  const [have, want] = [numbersOf(found), numbersOf(least)];
  if (have === undefined || want === undefined) return failed(check, `\`${found}\` is no version`, todo);
  const difference = have.map((number, index) => number - (want[index] ?? 0)).find((step) => step !== 0) ?? 0;
  return difference < 0 ? failed(check, `${found}; ${least} is the least`, todo) : ok(check, found);
};

const numbersOf = (version: string): readonly number[] | undefined => {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim());
  return match?.slice(1).map((digits) => Number(digits ?? 0));
};

const earliest = Date.UTC(2026, 0, 1);
const latest = Date.UTC(2100, 0, 1);
/** AWS refuses signatures that are further off. */
const worstSkew = hours(1) / 12;

/** Can this machine's clock be right? `awsMs` is what AWS answered as its own time, where it did. */
export const judgeClock = (machineMs: number, awsMs?: number): Finding => {
  const todo = 'Set the clock of this machine, best by NTP; times of holds and retention come from clocks';
  if (!Number.isFinite(machineMs) || machineMs < earliest || machineMs >= latest) {
    const shown = Math.abs(machineMs) <= 8.64e15 ? new Date(machineMs).toISOString() : String(machineMs);
    return failed('clock', `it shows ${shown}`, todo);
  }
  if (awsMs === undefined) return ok('clock', `${new Date(machineMs).toISOString()}, compared with nothing`);
  const seconds = Math.round(Math.abs(machineMs - awsMs) / 1000);
  return seconds * 1000 >= worstSkew
    ? failed('clock', `it is ${seconds} s off`, todo)
    : ok('clock', `${seconds} s from that of AWS`);
};
