import { AwsError } from '../../local/aws/aws-error.ts';
import type { AuthorizationRequest, Caller, PolicyDocument, PolicyStatement } from '../../local/aws/caller.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';

export const account = '000000000000';
export const roleArn = `arn:aws:iam::${account}:role/app`;
export const sessionArn = `arn:aws:sts::${account}:assumed-role/app/s1`;
export const userArn = `arn:aws:iam::${account}:user/u`;

/** A statement with anything in it, as it may arrive from a template. */
export type AnyStatement = Readonly<Record<string, unknown>>;

/** A policy of the present version. */
export const policy = (...statements: readonly AnyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements as unknown as PolicyStatement[],
});

export const allow = (more: AnyStatement = {}): AnyStatement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
});
export const deny = (more: AnyStatement = {}): AnyStatement => ({ ...allow(more), Effect: 'Deny' });

export const session = (...identityPolicies: readonly PolicyDocument[]): Caller => ({
  kind: 'role',
  arn: sessionArn,
  roleArn,
  accountId: account,
  identityPolicies,
});

export const user = (...identityPolicies: readonly PolicyDocument[]): Caller => ({
  kind: 'user',
  arn: userArn,
  accountId: account,
  identityPolicies,
});

export const service = (name = 's3.amazonaws.com'): Caller => ({
  kind: 'service',
  arn: '',
  service: name,
  accountId: account,
  identityPolicies: [],
});

export const anonymous: Caller = { kind: 'anonymous', arn: '', accountId: '', identityPolicies: [] };

/** A request to read an object, with whatever is told instead. */
export const request = (more: Partial<AuthorizationRequest>): AuthorizationRequest => ({
  caller: session(),
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::vault/raw/a',
  resourceAccountId: account,
  context: {},
  region: 'ap-south-1',
  ...more,
});

const authorize = createAuthorize({ clock: { now: () => Date.parse('2026-03-01T12:00:00Z') } });

/** The refusal's message, or `allowed`. */
export const outcome = (more: Partial<AuthorizationRequest>): string => {
  try {
    authorize(request(more));
    return 'allowed';
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return error.message;
  }
};

export const isAllowed = (more: Partial<AuthorizationRequest>): boolean => outcome(more) === 'allowed';

export const everything = policy(allow());
export const nothingHere = policy(allow({ Action: 'sqs:*' }));

/** The caller under a boundary, by default one that does not allow what is asked. */
export const withBoundary = (caller: Caller, permissionsBoundary = nothingHere): Caller => ({
  ...caller,
  permissionsBoundary,
});

export const bucketPolicy = (...statements: readonly AnyStatement[]) => ({ resourcePolicy: policy(...statements) });
