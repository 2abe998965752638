import { describe, expect, it } from 'vitest';
import type { AuthorizationRequest, Caller } from '../../local/aws/caller.ts';
import {
  account,
  allow,
  anonymous,
  bucketPolicy,
  deny,
  everything,
  isAllowed,
  nothingHere,
  policy,
  roleArn,
  service,
  session,
  sessionArn,
  user,
  userArn,
  withBoundary,
} from './request.ts';

const otherAccount = '111111111111';

describe('within one account', () => {
  it.each<[string, Partial<AuthorizationRequest>, boolean]>([
    ['nothing allows', {}, false],
    ['an identity policy allows', { caller: session(everything) }, true],
    ['one of several identity policies allows', { caller: session(nothingHere, everything) }, true],
    ['a bucket policy names the role', bucketPolicy(allow({ Principal: { AWS: roleArn } })), true],
    ['a bucket policy names the session', bucketPolicy(allow({ Principal: { AWS: sessionArn } })), true],
    ['a bucket policy names everyone', bucketPolicy(allow({ Principal: '*' })), true],
    ['a bucket policy names the account', bucketPolicy(allow({ Principal: { AWS: account } })), false],
    ['a bucket policy names another role', bucketPolicy(allow({ Principal: { AWS: `${roleArn}2` } })), false],
    ['an identity policy denies', { caller: session(everything, policy(deny())) }, false],
    ['a bucket policy denies', { caller: session(everything), ...bucketPolicy(deny({ Principal: '*' })) }, false],
    ['a boundary does not allow', { caller: withBoundary(session(everything)) }, false],
    ['a boundary allows alone', { caller: withBoundary(session(), everything) }, false],
    ['a boundary allows too', { caller: withBoundary(session(everything), everything) }, true],
  ])('where %s: %s %s', (_, more, result) => {
    expect(isAllowed(more)).toBe(result);
  });

  it.each<[string, Caller, unknown, boolean]>([
    ['a role', session(), { AWS: roleArn }, false],
    ['a session', session(), { AWS: sessionArn }, true],
    ['a user', user(), { AWS: userArn }, true],
    ['everyone', session(), '*', true],
  ])('a boundary limits what a bucket policy gives to %s', (_, caller, Principal, result) => {
    expect(isAllowed({ caller: withBoundary(caller), ...bucketPolicy(allow({ Principal })) })).toBe(result);
  });

  it('lets the root user do everything that no resource policy denies', () => {
    const root: Caller = { ...user(), arn: `arn:aws:iam::${account}:root` };

    expect(isAllowed({ caller: root })).toBe(true);
    expect(isAllowed({ caller: root, ...bucketPolicy(deny({ Principal: { AWS: account } })) })).toBe(false);
  });
});

describe('across accounts', () => {
  it.each<[string, Caller, unknown, boolean]>([
    ['only the identity policy', session(everything), undefined, false],
    ['only the bucket policy', session(), { AWS: roleArn }, false],
    ['both, the bucket policy by account', session(everything), { AWS: account }, true],
  ])('with %s it is %s', (_, caller, Principal, result) => {
    const given = Principal === undefined ? {} : bucketPolicy(allow({ Principal }));

    expect(isAllowed({ caller, resourceAccountId: otherAccount, ...given })).toBe(result);
  });
});

describe('a key policy decides alone unless it delegates to the account', () => {
  const decrypt = {
    action: 'kms:Decrypt',
    resource: `arn:aws:kms:r:${account}:key/1`,
    resourcePolicyMustDelegate: true,
  };

  it.each<[string, Caller, unknown, boolean]>([
    ['no policy at all', session(everything), undefined, false],
    ['the account, and an identity policy', session(everything), { AWS: `arn:aws:iam::${account}:root` }, true],
    ['the account, and no identity policy', session(), { AWS: account }, false],
    ['the role', session(), { AWS: roleArn }, true],
    ['another role, and an identity policy', session(everything), { AWS: `${roleArn}2` }, false],
  ])('naming %s', (_, caller, Principal, result) => {
    const given = Principal === undefined ? {} : bucketPolicy(allow({ Principal }));

    expect(isAllowed({ ...decrypt, caller, ...given })).toBe(result);
  });
});

describe('services and strangers have only the resource policy', () => {
  const byBucket = {
    ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::landing' },
    StringEquals: { 'aws:SourceAccount': account },
  };
  const send = {
    caller: service(),
    action: 'sqs:SendMessage',
    resource: `arn:aws:sqs:r:${account}:intake`,
    ...bucketPolicy(allow({ Principal: { Service: 's3.amazonaws.com' }, Condition: byBucket })),
  };
  const context = { 'aws:SourceArn': 'arn:aws:s3:::landing', 'aws:SourceAccount': account };

  it('lets in the service that is named, for the source that is named', () => {
    expect(isAllowed({ ...send, context })).toBe(true);
    expect(isAllowed({ ...send, context: { ...context, 'aws:SourceArn': 'arn:aws:s3:::other' } })).toBe(false);
    expect(isAllowed({ ...send, context: { 'aws:SourceArn': 'arn:aws:s3:::landing' } })).toBe(false);
    expect(isAllowed({ ...send, context, caller: service('sns.amazonaws.com') })).toBe(false);
    expect(isAllowed({ ...send, context, resourcePolicy: policy(allow({ Principal: { AWS: account } })) })).toBe(false);
  });

  it('denies a service by a statement about everyone', () => {
    const statements = [allow({ Principal: { Service: 's3.amazonaws.com' } }), deny({ Principal: { AWS: '*' } })];

    expect(isAllowed({ ...send, context, ...bucketPolicy(...statements) })).toBe(false);
  });

  it('lets a stranger in only where everyone is', () => {
    expect(isAllowed({ caller: anonymous, ...bucketPolicy(allow({ Principal: '*' })) })).toBe(true);
    expect(isAllowed({ caller: anonymous, ...bucketPolicy(allow({ Principal: { AWS: account } })) })).toBe(false);
    expect(isAllowed({ caller: anonymous })).toBe(false);
  });

  it('ignores identity policies that a service was given', () => {
    expect(isAllowed({ ...send, caller: { ...service(), identityPolicies: [everything] }, context: {} })).toBe(false);
  });
});

describe('NotPrincipal with Deny spares only who is named in every way', () => {
  const named = (...names: readonly string[]) => ({ NotPrincipal: { AWS: names }, Principal: undefined });

  it.each<[string, Caller, readonly string[], boolean]>([
    ['a session by session, role and account', session(everything), [sessionArn, roleArn, account], true],
    ['a session by its role alone', session(everything), [roleArn], false],
    ['a session by session and role', session(everything), [sessionArn, roleArn], false],
    ['a user by user and account', user(everything), [userArn, account], true],
    ['a user by the account alone', user(everything), [account], false],
    ['everyone', session(everything), ['*'], true],
    [
      'whoever has a boundary: never',
      withBoundary(session(everything), everything),
      [sessionArn, roleArn, account],
      false,
    ],
  ])('%s', (_, caller, names, result) => {
    const { Principal: __, ...statement } = deny(named(...names));

    expect(isAllowed({ caller, ...bucketPolicy(statement) })).toBe(result);
  });
});
