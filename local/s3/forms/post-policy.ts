import { z } from 'zod';
import { AwsError } from '../../aws/aws-error.ts';
import { accessDenied } from '../protocol/errors.ts';

/** The bounds that a policy sets to the length of the file. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

const Length = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const Condition = z.union([
  z.tuple([z.literal('content-length-range'), Length, Length]),
  z.tuple([z.enum(['eq', 'starts-with']), z.string().startsWith('$'), z.string()]),
  z.record(z.string(), z.string()),
]);
const Policy = z.strictObject({ expiration: z.iso.datetime({ offset: true }), conditions: z.array(Condition) });
type Condition = z.infer<typeof Condition>;

/**
 * Holds a form against its policy: not expired, every condition met, no field that no condition names. Fields are by
 * lower-case name; the bucket counts as a field. Answers the length range, which only the file can meet.
 */
export const requirePolicy = (
  policyText: string,
  fields: ReadonlyMap<string, string>,
  now: number,
): LengthRange | undefined => {
  const policy = parsePolicy(policyText);
  if (now > Date.parse(policy.expiration)) throw accessDenied('Invalid according to Policy: Policy expired.');
  const named = new Set(['policy', 'x-amz-signature', 'file', 'bucket']);
  let range: LengthRange | undefined;
  for (const condition of policy.conditions) {
    if (isRange(condition)) {
      range = { min: condition[1], max: condition[2] };
      continue;
    }
    for (const [operator, field, value] of comparisons(condition)) {
      named.add(field);
      if (!holds(operator, fields.get(field), value)) throw conditionFailed(operator, field, value);
    }
  }
  const extra = [...fields.keys()].filter((name) => !named.has(name) && !name.startsWith('x-ignore-'));
  if (extra.length > 0) throw accessDenied(`Invalid according to Policy: Extra input fields: ${extra.join(', ')}`);
  return range;
};

type Comparison = readonly [operator: 'eq' | 'starts-with', field: string, value: string];

const isRange = (condition: Condition): condition is ['content-length-range', number, number] =>
  Array.isArray(condition) && condition[0] === 'content-length-range';

const comparisons = (
  condition: Exclude<Condition, ['content-length-range', number, number]>,
): readonly Comparison[] => {
  if (Array.isArray(condition)) return [[condition[0], condition[1].slice(1).toLowerCase(), condition[2]]];
  return Object.entries(condition).map(([field, value]) => ['eq', field.toLowerCase(), value]);
};

const holds = (operator: Comparison[0], given: string | undefined, value: string): boolean => {
  if (given === undefined) return false;
  return operator === 'eq' ? given === value : given.startsWith(value);
};

const conditionFailed = (operator: string, field: string, value: string): AwsError =>
  accessDenied(`Invalid according to Policy: Policy Condition failed: ["${operator}", "$${field}", "${value}"]`);

const parsePolicy = (text: string): z.infer<typeof Policy> => {
  const parsed = Policy.safeParse(parseJson(Buffer.from(text, 'base64').toString('utf8')));
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') || 'it';
  throw new AwsError('InvalidPolicyDocument', 400, `Invalid Policy: ${place} is not as a POST policy has it.`);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('InvalidPolicyDocument', 400, 'Invalid Policy: Invalid JSON.');
  }
};
