// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
import fc from 'fast-check';
import type { AuthorizationRequest, Caller, PolicyDocument, PolicyStatement } from '../../local/aws/caller.ts';

/**
 * Random policies and requests in which all parts meet often enough to matter. Left out is where the reference says otherwise
 * than AWS documents, or nothing is documented; the tables of the other tests hold these cases:
 * - `NotPrincipal` with Allow, and with some of a session's names only;
 * - ARNs with fewer than six parts as resources, and wildcards that have to reach over a colon to match;
 * - variables without a value beneath a negation;
 * - several values without a set operator, and empty lists;
 * - the range 0.0.0.0/0, ranges of the other version of IP, and seconds since the epoch as a policy's date;
 * - the root user.
 */
export const account = '000000000000';
const otherAccount = '111111111111';
const role = `arn:aws:iam::${account}:role/app`;
const session = `arn:aws:sts::${account}:assumed-role/app/s1`;
const user = `arn:aws:iam::${account}:user/u`;

interface Target {
  readonly actions: readonly string[];
  readonly actionPatterns: readonly string[];
  readonly resource: string;
  readonly resourcePatterns: readonly string[];
  readonly mustDelegate: boolean;
}

const targets: readonly Target[] = [
  {
    actions: ['s3:GetObject', 's3:PutObject'],
    actionPatterns: ['*', 's3:*', 's3:Get*', 'S3:putobject', 's3:??tObject', 's3:DeleteObject'],
    resource: 'arn:aws:s3:::vault/raw/s1/a:b',
    resourcePatterns: [
      '*',
      'arn:aws:s3:::*',
      'arn:aws:s3:::vault/*',
      'arn:aws:s3:::vault/raw/??/a*',
      'arn:aws:s3:::VAULT/*',
      'arn:aws:s3:::vault',
      'arn:aws:s3:::vault/raw/${aws:PrincipalTag/Team}/*',
      "arn:aws:s3:::vault/raw/${aws:PrincipalTag/Absent, 's1'}/*",
    ],
    mustDelegate: false,
  },
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    actionPatterns: ['*', 'kms:*', 'kms:Decrypt', 'kms:GenerateDataKey*'],
    resource: `arn:aws:kms:ap-south-1:${account}:key/k1`,
    resourcePatterns: ['*', `arn:aws:kms:ap-south-1:${account}:key/*`, `arn:aws:kms:*:${account}:key/k1`],
    mustDelegate: true,
  },
  {
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    actionPatterns: ['*', 'sqs:*', 'sqs:SendMessage', 'sqs:Receive?essage'],
    resource: `arn:aws:sqs:ap-south-1:${account}:intake`,
    resourcePatterns: ['*', `arn:aws:sqs:ap-south-1:${account}:in*`, 'arn:aws:sqs:ap-south-1:*'],
    mustDelegate: false,
  },
];

const callers: readonly Omit<Caller, 'identityPolicies'>[] = [
  { kind: 'role', arn: session, roleArn: role, accountId: account },
  { kind: 'user', arn: user, accountId: account },
  { kind: 'service', arn: '', service: 's3.amazonaws.com', accountId: account },
  { kind: 'anonymous', arn: '', accountId: '' },
];

const principals: readonly unknown[] = [
  '*',
  { AWS: '*' },
  { AWS: role },
  { AWS: session },
  { AWS: [user, role] },
  { AWS: account },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: otherAccount },
  { Service: 's3.amazonaws.com' },
  { Service: ['sns.amazonaws.com', 's3.amazonaws.com'], AWS: user },
  { Federated: 'cognito-identity.amazonaws.com' },
];

const spared: readonly unknown[] = [
  { AWS: [session, role, user, account] },
  { Service: 's3.amazonaws.com' },
  { AWS: otherAccount },
  '*',
];

const text = ['blue', 'Blue', 'b*', 'red', 'b?ue', '${aws:PrincipalTag/Team}', '${*}'];
const arns = ['arn:aws:s3:::vault', 'arn:aws:s3:::*', 'arn:aws:*:*:*:vault', `arn:aws:sqs:ap-south-1:${account}:q`];
const dates = ['2026-01-01T00:00:00Z', '2027-06-01T12:00:00Z'];

/** Keys by their type, each with the values that requests carry and the operators and values that policies ask with. */
const conditionKeys = [
  { key: 'aws:PrincipalTag/Team', actual: ['blue', 'red', 's1'], family: 'String', expected: text },
  { key: 'aws:SourceArn', actual: ['arn:aws:s3:::vault', 'arn:aws:s3:::other'], family: 'Arn', expected: arns },
  {
    key: 'aws:SourceIp',
    actual: ['10.1.2.3', '192.168.0.9'],
    family: 'Ip',
    expected: ['10.0.0.0/8', '10.1.2.3', '192.168.0.8/30', '0.0.0.0/1'],
  },
  { key: 'aws:SecureTransport', actual: ['true', 'false'], family: 'Bool', expected: ['true', 'false', 'TRUE'] },
  {
    key: 'aws:TokenIssueTime',
    actual: ['2026-01-01T00:00:00Z', '2026-12-31T23:59:59Z'],
    family: 'Date',
    expected: dates,
  },
  {
    key: 'aws:MultiFactorAuthAge',
    actual: ['5', '300', '300.0'],
    family: 'Numeric',
    expected: ['300', '5', '10.5', '-1'],
  },
] as const;

const operators: Readonly<Record<(typeof conditionKeys)[number]['family'], readonly string[]>> = {
  String: [
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
  ],
  Arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'StringLike', 'StringEquals'],
  Ip: ['IpAddress', 'NotIpAddress'],
  Bool: ['Bool'],
  Date: [
    'DateEquals',
    'DateNotEquals',
    'DateLessThan',
    'DateLessThanEquals',
    'DateGreaterThan',
    'DateGreaterThanEquals',
  ],
  Numeric: [
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'NumericLessThanEquals',
    'NumericGreaterThan',
    'NumericGreaterThanEquals',
  ],
};

type ConditionBlock = Record<string, Record<string, unknown>>;

const condition: fc.Arbitrary<ConditionBlock> = fc.constantFrom(...conditionKeys).chain(({ key, family, expected }) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...operators[family]),
          fc.constantFrom('', 'IfExists'),
          fc.uniqueArray(fc.constantFrom<string>(...expected), { minLength: 1, maxLength: 2 }),
        )
        .map(([operator, suffix, values]) => ({ [`${operator}${suffix}`]: { [key]: values } })),
    },
    { weight: 1, arbitrary: fc.constantFrom('true', 'false').map((value) => ({ Null: { [key]: value } })) },
  ),
);

const setCondition: fc.Arbitrary<ConditionBlock> = fc
  .tuple(
    fc.constantFrom('ForAllValues', 'ForAnyValue'),
    fc.constantFrom('StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike'),
    fc.constantFrom('', 'IfExists'),
    fc.uniqueArray(fc.constantFrom('a', 'b', 'c*', '*'), { minLength: 1, maxLength: 2 }),
  )
  .map(([set, operator, suffix, values]) => ({ [`${set}:${operator}${suffix}`]: { 'aws:TagKeys': values } }));

const conditions: fc.Arbitrary<ConditionBlock | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: condition },
  { weight: 1, arbitrary: setCondition },
  { weight: 1, arbitrary: fc.tuple(condition, condition, setCondition).map((blocks) => Object.assign({}, ...blocks)) },
);

const context: fc.Arbitrary<Record<string, string | string[]>> = fc
  .tuple(
    ...conditionKeys.map(({ key, actual }) =>
      fc.option(fc.constantFrom<string>(...actual), { nil: undefined, freq: 3 }).map((value) => ({ key, value })),
    ),
    fc
      .option(fc.uniqueArray(fc.constantFrom('a', 'b', 'cc'), { minLength: 1, maxLength: 3 }), { nil: undefined })
      .map((value) => ({ key: 'aws:TagKeys', value })),
  )
  .map((entries) => {
    const present: Record<string, string | string[]> = {};
    for (const { key, value } of entries) if (value !== undefined) present[key] = value;
    return present;
  });

const oneOrSeveral = (values: readonly string[]): fc.Arbitrary<string | string[]> =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }));

/** A negated element over a variable that may have no value is left out: the reference decides it otherwise than AWS documents. */
const withoutVariables = (values: readonly string[]): string[] => values.filter((value) => !value.includes('${'));

const statementParts = ({ actionPatterns, resourcePatterns }: Target) => ({
  Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
  actions: fc.oneof(
    { weight: 4, arbitrary: oneOrSeveral(actionPatterns).map((Action) => ({ Action })) },
    { weight: 1, arbitrary: oneOrSeveral(actionPatterns.slice(2)).map((NotAction) => ({ NotAction })) },
  ),
  resources: fc.oneof(
    { weight: 4, arbitrary: oneOrSeveral(resourcePatterns).map((Resource) => ({ Resource })) },
    {
      weight: 1,
      arbitrary: oneOrSeveral(withoutVariables(resourcePatterns).slice(1)).map((NotResource) => ({ NotResource })),
    },
  ),
  Condition: conditions,
});

const identityStatement = (target: Target): fc.Arbitrary<PolicyStatement> =>
  fc.record(statementParts(target)).map(({ actions, resources, Condition, Effect }) => ({
    Effect,
    ...actions,
    ...resources,
    ...(Condition && { Condition }),
  }));

const resourceStatement = (target: Target): fc.Arbitrary<PolicyStatement> =>
  identityStatement(target).chain((statement) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...principals).map((Principal) => ({ ...statement, Principal })) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(...spared)
          .map((NotPrincipal) => ({ ...statement, Effect: 'Deny' as const, NotPrincipal })),
      },
    ),
  );

const policy = (statement: fc.Arbitrary<PolicyStatement>): fc.Arbitrary<PolicyDocument> =>
  fc
    .array(statement, { minLength: 1, maxLength: 3 })
    .map((statements) => ({ Version: '2012-10-17', Statement: statements }));

/** A request with the policies that decide it. */
export const authorizationRequest: fc.Arbitrary<AuthorizationRequest> = fc
  .tuple(fc.constantFrom(...targets), fc.constantFrom(...callers))
  .chain(([target, caller]) => {
    const hasIdentity = caller.kind === 'role' || caller.kind === 'user';
    return fc
      .record({
        action: fc.constantFrom(...target.actions),
        identityPolicies: fc.array(policy(identityStatement(target)), { maxLength: hasIdentity ? 2 : 0 }),
        permissionsBoundary: fc.option(policy(identityStatement(target)), { nil: undefined, freq: 1 }),
        resourcePolicy: fc.option(policy(resourceStatement(target)), { nil: undefined, freq: 4 }),
        resourceAccountId: fc.constantFrom(account, account, account, otherAccount),
        context,
      })
      .map(({ identityPolicies, permissionsBoundary, resourcePolicy, ...rest }) => ({
        ...rest,
        caller: { ...caller, identityPolicies, ...(permissionsBoundary && hasIdentity && { permissionsBoundary }) },
        ...(resourcePolicy && { resourcePolicy }),
        resource: target.resource,
        resourcePolicyMustDelegate: target.mustDelegate,
        region: 'ap-south-1',
      }));
  });
