import * as z from 'zod';
import { days } from '../core/time.ts';
import { Deployment } from './deployment.ts';
import { type FieldHelp, fieldHelp } from './field.ts';
import { type Problem, refuseProblems } from './problem.ts';
import { jurisdictions } from './regions.ts';

/** Takes what the deployer wrote; throws one Error that names every field that is wrong. */
export const checkDeployment = (input: unknown): Deployment => {
  const parsed = Deployment.safeParse(input);
  if (!parsed.success) {
    refuseProblems(parsed.error.issues.map((issue) => problemOf(issue, input)));
    throw parsed.error;
  }
  refuseProblems(rules.flatMap((rule) => rule(parsed.data)));
  return parsed.data;
};

const problemOf = (issue: z.core.$ZodIssue, input: unknown): Problem => {
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = issue.path.map(String);
  if (unknownKey !== undefined) {
    const fields = Object.keys(schemaShape(path)).join(', ');
    return {
      field: [...path, unknownKey].join('.'),
      value: valueAt(input, [...path, unknownKey]),
      allowed: `the fields ${fields}`,
      fix: 'Remove it or correct its name',
    };
  }
  const { allowed, fix } = helpAt(path);
  return { field: path.join('.'), value: valueAt(input, path), allowed, fix };
};

/** The help of the innermost schema on the path that has one. */
const helpAt = (path: readonly string[]): FieldHelp => {
  let schema: z.ZodType | undefined = Deployment;
  let help: FieldHelp = { allowed: 'a value of its type', fix: 'See `config/deployment.ts`' };
  for (const step of path) {
    const inner: unknown = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    schema = inner instanceof z.ZodObject ? inner.shape[step] : undefined;
    if (schema === undefined) break;
    help = fieldHelp(schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema) ?? help;
  }
  return help;
};

const schemaShape = (path: readonly string[]): Readonly<Record<string, z.ZodType>> => {
  let shape: Readonly<Record<string, z.ZodType>> = Deployment.shape;
  for (const step of path) {
    const inner = shape[step];
    if (inner instanceof z.ZodObject) shape = inner.shape;
  }
  return shape;
};

const valueAt = (input: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (value !== null && typeof value === 'object' ? Reflect.get(value, step) : undefined),
    input,
  );

const regionsDiffer = ({ homeRegion, secondRegion }: Deployment): Problem[] =>
  homeRegion === secondRegion
    ? [
        {
          field: 'secondRegion',
          value: secondRegion,
          allowed: 'another region than `homeRegion`',
          fix: 'A copy in the same region is lost with it; name a second one',
        },
      ]
    : [];

const regionsLieInJurisdiction = (deployment: Deployment): Problem[] => {
  const allowed: readonly string[] | undefined = jurisdictions[deployment.jurisdiction];
  if (allowed === undefined) return [];
  return (['homeRegion', 'secondRegion'] as const)
    .filter((name) => !allowed.includes(deployment[name]))
    .map((name) => ({
      field: name,
      value: deployment[name],
      allowed: `${allowed.join(', ')} (\`jurisdiction\` is ${deployment.jurisdiction})`,
      fix: 'Choose one of these regions or another jurisdiction',
    }));
};

const machinesDiffer = ({ machines }: Deployment): Problem[] =>
  machines
    .filter((name, index) => machines.indexOf(name) !== index)
    .map((name) => ({
      field: 'machines',
      value: name,
      allowed: 'each name once',
      fix: 'Remove the repetition; every machine has its own secret',
    }));

const oldVersionsEndInTime = ({ noncurrentRetention, erasureDeadline }: Deployment): Problem[] =>
  noncurrentRetention > erasureDeadline
    ? [
        {
          field: 'noncurrentRetention',
          value: noncurrentRetention,
          allowed: `at most \`erasureDeadline\`, days(${erasureDeadline / days(1)})`,
          fix: 'Old versions are copies of a person too; shorten this or lengthen the deadline',
        },
      ]
    : [];

const reservedExceedsMaximum = ({ concurrency }: Deployment): Problem[] =>
  (['intake', 'catalog'] as const).flatMap((name) => {
    const { maximum, reserved } = concurrency[name];
    if (reserved === undefined || reserved > maximum) return [];
    return {
      field: `concurrency.${name}.reserved`,
      value: reserved,
      allowed: `more than \`concurrency.${name}.maximum\`, which is ${maximum}`,
      fix: 'Reserve more or lower the maximum; otherwise messages are throttled into the dead-letter queue',
    };
  });

const coldBackupsStayCold = ({ longBackups }: Deployment): Problem[] =>
  longBackups?.coldAfter !== undefined && longBackups.keepFor < longBackups.coldAfter + days(90)
    ? [
        {
          field: 'longBackups.keepFor',
          value: longBackups.keepFor,
          allowed: `at least 90 days more than \`coldAfter\`, days(${longBackups.coldAfter / days(1) + 90})`,
          fix: 'Cold storage is charged for 90 days: keep them longer or leave them warm',
        },
      ]
    : [];

const rules: readonly ((deployment: Deployment) => Problem[])[] = [
  regionsDiffer,
  regionsLieInJurisdiction,
  machinesDiffer,
  oldVersionsEndInTime,
  reservedExceedsMaximum,
  coldBackupsStayCold,
];
