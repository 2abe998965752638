// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
import { describe, expect, it } from 'vitest';
import type { RequestContext } from '../../local/aws/caller.ts';
import { allow, isAllowed, outcome, policy, session } from './request.ts';

/** True if a condition holds for a request with these values. */
const holds = (Condition: Record<string, Record<string, unknown>>, context: RequestContext): boolean =>
  isAllowed({ caller: session(policy(allow({ Condition }))), context });

type Case = readonly [
  operator: string,
  expected: unknown,
  actual: string | readonly string[] | undefined,
  holds: boolean,
];

const key = 'test:Key';

const cases: Record<string, readonly Case[]> = {
  'a key that is absent': [
    ['StringEquals', 'a', undefined, false],
    ['StringNotEquals', 'a', undefined, true],
    ['StringNotLike', '*', undefined, true],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['NumericLessThan', '5', undefined, false],
    ['NumericNotEquals', '5', undefined, true],
    ['NumericLessThanIfExists', '5', undefined, true],
    ['DateGreaterThan', '2026-01-01', undefined, false],
    ['DateNotEquals', '2026-01-01', undefined, true],
    ['Bool', 'true', undefined, false],
    ['Bool', 'false', undefined, false],
    ['BoolIfExists', 'true', undefined, true],
    ['IpAddress', '0.0.0.0/0', undefined, false],
    ['NotIpAddress', '10.0.0.0/8', undefined, true],
    ['ArnLike', 'arn:aws:s3:::*', undefined, false],
    ['ArnNotLike', 'arn:aws:s3:::*', undefined, true],
    ['BinaryEquals', 'QQ==', undefined, false],
    ['Null', 'true', undefined, true],
    ['Null', 'false', undefined, false],
    ['ForAllValues:StringEquals', 'a', undefined, true],
    ['ForAllValues:StringNotEquals', 'a', undefined, true],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
    ['ForAnyValue:StringNotEquals', 'a', undefined, false],
    ['ForAnyValue:StringEqualsIfExists', 'a', undefined, false],
  ],
  'a key with an empty list': [
    ['ForAllValues:StringEquals', 'a', [], true],
    ['ForAnyValue:StringEquals', 'a', [], false],
    ['Null', 'true', [], true],
  ],
  text: [
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', ['b', 'a'], 'a', true],
    ['StringEquals', [], 'a', false],
    ['StringNotEquals', ['b', 'a'], 'a', false],
    ['StringNotEquals', ['b', 'c'], 'a', true],
    ['StringNotEquals', [], 'a', true],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEqualsIgnoreCase', 'AbC', 'aBc', true],
    ['StringNotEqualsIgnoreCase', 'AbC', 'aBc', false],
    ['StringLike', 'a*', 'ab/c', true],
    ['StringLike', 'A*', 'ab', false],
    ['StringLike', 'a?c', 'abc', true],
    ['StringLike', 'a?c', 'ac', false],
    ['StringLike', 'a?c', 'a😀c', true],
    ['StringLike', 'a${*}', 'a*', true],
    ['StringLike', 'a${*}', 'ab', false],
    ['StringLike', 'a${?}${$}', 'a?$', true],
    ['StringNotLike', 'a*', 'ab', false],
    ['stringequals', 'a', 'a', true],
  ],
  numbers: [
    ['NumericEquals', '1.0', '1', true],
    ['NumericEquals', 1, '1', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThanEquals', ['1', '9'], '9', true],
    ['NumericGreaterThan', '-2', '-1', true],
    ['NumericGreaterThanEquals', '10', '9', false],
    ['NumericEquals', '1', 'one', false],
    ['NumericNotEquals', '1', 'one', false],
  ],
  dates: [
    ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', true],
    ['DateLessThan', '2026-01-01T00:00:00+05:30', '2025-12-31T19:00:00Z', false],
    ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01-01', '2026-01-01T00:00:00.000Z', true],
    ['DateGreaterThanEquals', '2026-01-01', 'yesterday', false],
  ],
  booleans: [
    ['Bool', 'TRUE', 'true', true],
    ['Bool', false, 'false', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'false', 'no', false],
    ['Null', true, 'x', false],
    ['Null', ['true', 'false'], 'x', true],
  ],
  addresses: [
    ['IpAddress', '10.0.0.0/8', '10.255.0.1', true],
    ['IpAddress', '10.0.0.0/8', '11.0.0.1', false],
    ['IpAddress', '0.0.0.0/0', '11.0.0.1', true],
    ['IpAddress', '10.1.2.3', '10.1.2.3', true],
    ['IpAddress', '2001:db8::/32', '2001:db8:1::9', true],
    ['IpAddress', '10.0.0.0/8', '2001:db8::1', false],
    ['NotIpAddress', '10.0.0.0/8', '2001:db8::1', true],
    ['NotIpAddress', '10.0.0.0/8', 'nowhere', false],
  ],
  ARNs: [
    ['ArnEquals', 'arn:aws:s3:::va*', 'arn:aws:s3:::vault', true],
    ['ArnLike', 'arn:aws:s3:*:*:vault', 'arn:aws:s3:::vault', true],
    ['ArnLike', 'arn:aws:*:vault:*:*:*', 'arn:aws:s3:::vault', false],
    ['ArnLike', 'arn:aws:logs:r:1:log-group:*', 'arn:aws:logs:r:1:log-group:a:b', true],
    ['ArnLike', 'arn:aws:logs:*:log-group:*:x', 'arn:aws:logs:r:1:log-group:a', false],
    ['ArnNotLike', 'arn:aws:s3:::vault', 'arn:aws:s3:::other', true],
    ['ArnNotEquals', 'arn:aws:s3:::v?ult', 'arn:aws:s3:::vault', false],
  ],
  bytes: [
    ['BinaryEquals', 'QUI=', 'QUI=', true],
    ['BinaryEquals', 'QUI=', 'QUM=', false],
  ],
  'several values': [
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['a', 'd'], false],
    ['ForAllValues:StringLike', 'a*', 'ab', true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
  ],
};

describe.each(Object.entries(cases))('condition operators decide on %s as AWS documents', (_, rows) => {
  it.each(rows)('%s of %j on %j: %s', (operator, expected, actual, result) => {
    expect(holds({ [operator]: { [key]: expected } }, { [key]: actual })).toBe(result);
  });
});

describe('a Condition block', () => {
  it('holds only if every key of every operator does', () => {
    const block = { StringEquals: { 'a:x': '1', 'a:y': '2' }, Bool: { 'a:z': 'true' } };

    expect(holds(block, { 'a:x': '1', 'a:y': '2', 'a:z': 'true' })).toBe(true);
    expect(holds(block, { 'a:x': '1', 'a:y': '3', 'a:z': 'true' })).toBe(false);
    expect(holds(block, { 'a:x': '1', 'a:y': '2', 'a:z': 'false' })).toBe(false);
  });

  it('finds keys whatever their case', () => {
    expect(holds({ StringEquals: { 'AWS:sourcearn': 'x' } }, { 'aws:SourceArn': 'x' })).toBe(true);
  });

  it('is not fooled by names that every object has', () => {
    expect(holds({ Null: { constructor: 'true' } }, {})).toBe(true);
  });

  it.each([
    ['aws:PrincipalArn', 'arn:aws:iam::000000000000:role/app'],
    ['aws:PrincipalAccount', '000000000000'],
    ['aws:ResourceAccount', '000000000000'],
    ['aws:RequestedRegion', 'ap-south-1'],
    ['aws:PrincipalIsAWSService', 'false'],
    ['aws:CurrentTime', '2026-03-01T12:00:00.000Z'],
    ['aws:EpochTime', '1772366400'],
  ])('knows %s without being told', (name, value) => {
    expect(holds({ StringEquals: { [name]: value } }, {})).toBe(true);
  });
});

describe('a policy variable', () => {
  const like = (expected: string, context: RequestContext, operator = 'StringLike') =>
    holds({ [operator]: { [key]: expected } }, { [key]: 'blue', ...context });

  it('stands for the value of its key', () => {
    expect(like('${test:Other}', { 'test:Other': 'blue' })).toBe(true);
    expect(like('${TEST:other}', { 'test:Other': 'red' })).toBe(false);
  });

  it('brings no wildcard in', () => {
    expect(like('${test:Other}', { 'test:Other': '*' })).toBe(false);
  });

  it('takes its default where the key is absent', () => {
    expect(like("${test:Other, 'blue'}", {})).toBe(true);
    expect(like("${test:Other, 'blue'}", { 'test:Other': 'red' })).toBe(false);
  });

  it('without a value equals nothing, so a negated operator holds', () => {
    expect(like('${test:Other}', {})).toBe(false);
    expect(like('${test:Other}', {}, 'StringNotEquals')).toBe(true);
  });

  it('has no value where the key has several', () => {
    expect(like('${test:Other}', { 'test:Other': ['blue'] })).toBe(false);
  });

  it('is plain text in a policy of the old version', () => {
    const document = {
      Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: 'arn:aws:s3:::${aws:username}' }],
    };

    expect(isAllowed({ caller: session(document), resource: 'arn:aws:s3:::${aws:username}' })).toBe(true);
  });
});

describe('what the evaluator does not know is a refusal that names it', () => {
  it.each<[Record<string, Record<string, unknown>>, RegExp]>([
    [{ StringMatches: { [key]: 'a' } }, /an unknown operator in Condition StringMatches of test:Key/],
    [{ 'ForAllValues:Null': { [key]: 'true' } }, /Null with a set operator or IfExists/],
    [{ NullIfExists: { [key]: 'true' } }, /Null with a set operator or IfExists/],
    [{ Null: { [key]: 'maybe' } }, /the value `maybe` in Condition Null/],
    [{ NumericEquals: { [key]: 'ten' } }, /the value `ten` in Condition NumericEquals/],
    [{ NumericEquals: { [key]: '${test:Other}' } }, /the value `\$\{test:Other\}`/],
    [{ DateEquals: { [key]: 'soon' } }, /the value `soon`/],
    [{ IpAddress: { [key]: '10.0.0.0/33' } }, /the address range `10.0.0.0\/33`/],
    [{ ArnLike: { [key]: '*' } }, /`\*`, which has fewer than the six parts of an ARN/],
    [{ StringEquals: { [key]: '${test:Other' } }, /the variable without a closing brace/],
    [{ StringEquals: { [key]: "${test:Other,'x'}" } }, /the variable `\$\{test:Other,'x'\}`/],
    [{ StringEquals: { [key]: { a: 1 } } }, /neither text, number nor boolean/],
  ])('%j', (Condition, message) => {
    const refusal = outcome({
      caller: session(policy(allow(), allow({ Sid: 'Odd', Condition }))),
      context: { [key]: 'a' },
    });

    expect(refusal).toMatch(message);
    expect(refusal).toContain('the identity-based policy (statement "Odd" has ');
  });

  it('several values for an operator that takes one', () => {
    const caller = session(policy(allow({ Condition: { StringEquals: { [key]: 'a' } } })));

    expect(outcome({ caller, context: { [key]: ['a'] } })).toMatch(
      /StringEquals on test:Key, which has several values/,
    );
  });

  it('but only where the rest of the statement applies', () => {
    const odd = allow({ Action: 'sqs:*', Condition: { StringMatches: { [key]: 'a' } } });

    expect(isAllowed({ caller: session(policy(allow(), odd)) })).toBe(true);
  });
});
