// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizationRequest, Caller } from '../../local/aws/caller.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';
import type { AnyStatement } from './request.ts';
import {
  account,
  allow,
  anonymous,
  deny,
  isAllowed,
  outcome,
  policy,
  request,
  roleArn,
  service,
  session,
  sessionArn,
  user,
  userArn,
} from './request.ts';

const otherAccount = '111111111111';
const everything = policy(allow());
const nothingHere = policy(allow({ Action: 'sqs:*' }));
const withBoundary = (caller: Caller, permissionsBoundary = nothingHere): Caller => ({
  ...caller,
  permissionsBoundary,
});
const bucketPolicy = (...statements: readonly AnyStatement[]) => ({ resourcePolicy: policy(...statements) });

describe('actions', () => {
  it.each([
    ['*', true],
    ['s3:*', true],
    ['S3:GETOBJECT', true],
    ['s3:Get*', true],
    ['s3:G?tObject', true],
    ['s3:GetObjectVersion', false],
    ['s3:Get', false],
    ['s3express:*', false],
  ])('%s allows s3:GetObject: %s', (Action, result) => {
    expect(isAllowed({ caller: session(policy(allow({ Action }))) })).toBe(result);
  });

  it('are allowed by NotAction unless it names them', () => {
    const caller = (NotAction: string) => session(policy({ Effect: 'Allow', NotAction, Resource: '*' }));

    expect(isAllowed({ caller: caller('iam:*') })).toBe(true);
    expect(isAllowed({ caller: caller('s3:get*') })).toBe(false);
  });
});

describe('resources', () => {
  it.each([
    ['*', 'arn:aws:s3:::vault/raw/a', true],
    ['arn:aws:s3:::vault/*', 'arn:aws:s3:::vault/raw/a', true],
    ['arn:aws:s3:::vault/*', 'arn:aws:s3:::vault', false],
    ['arn:aws:s3:::vault*', 'arn:aws:s3:::vault-2/a', true],
    ['arn:aws:s3:::vault/raw/?', 'arn:aws:s3:::vault/raw/ab', false],
    ['arn:aws:s3:::vault/*/a', 'arn:aws:s3:::vault/x/y/a', true],
    ['arn:aws:s3:::vault/*', 'arn:aws:s3:::vault/a:b:c', true],
    ['arn:aws:s3:::Vault/*', 'arn:aws:s3:::vault/a', false],
    ['arn:aws:sqs', 'arn:aws:sqs:r:1:queue', true],
    ['arn:aws:sqs', 'arn:aws:sqsx:r:1:queue', false],
    ['arn:aws:sqs:r', 'arn:aws:sqs:r:1:queue', true],
    ['arn:aws:logs:*:log-group:x', 'arn:aws:logs:r:1:log-group:x', true],
    ['arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/*', true],
    ['arn:aws:s3:::b/${*}', 'arn:aws:s3:::b/x', false],
    ['arn:aws:s3:::b/${aws:PrincipalAccount}/*', `arn:aws:s3:::b/${account}/x`, true],
    ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b//x', false],
    ["arn:aws:s3:::b/${aws:username, 'home'}/*", 'arn:aws:s3:::b/home/x', true],
  ])('%s covers %s: %s', (Resource, resource, result) => {
    expect(isAllowed({ caller: session(policy(allow({ Resource }))), resource })).toBe(result);
  });

  it('are covered by NotResource unless it names them, which a variable without a value cannot', () => {
    const refused = (NotResource: string) =>
      !isAllowed({ caller: session(policy(allow(), { Effect: 'Deny', Action: '*', NotResource })) });

    expect(refused('arn:aws:s3:::vault/*')).toBe(false);
    expect(refused('arn:aws:s3:::other/*')).toBe(true);
    expect(refused('arn:aws:s3:::vault/${aws:username}*')).toBe(true);
  });

  it('match a pattern of wildcards exactly as an ordinary expression does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, word, (glob, text) => {
        const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        const caller = session(policy(allow({ Resource: `arn:aws:s3:::${glob}` })));

        expect(isAllowed({ caller, resource: `arn:aws:s3:::${text}` })).toBe(expression.test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('match a pattern of many wildcards without taking long', () => {
    const caller = session(policy(allow({ Resource: `arn:aws:s3:::${'*a'.repeat(50)}b` })));

    expect(isAllowed({ caller, resource: `arn:aws:s3:::${'a'.repeat(1000)}` })).toBe(false);
  });
});

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

describe('a malformed statement refuses what it may have been about', () => {
  it.each<[string, AnyStatement, RegExp]>([
    ['an unknown element', allow({ Ressource: '*' }), /the element Ressource/],
    ['an unknown effect', { ...allow(), Effect: 'allow' }, /the Effect "allow"/],
    ['a principal', allow({ Principal: '*' }), /only a resource-based policy may name/],
    ['no resource', { Effect: 'Allow', Action: '*' }, /no Resource/],
    ['no action', { Effect: 'Allow', Resource: '*' }, /no Action/],
    ['both Action and NotAction', allow({ NotAction: 'a:b' }), /both Action and NotAction/],
    ['a wildcard as service', allow({ Action: '*:Get*' }), /the action `\*:Get\*`/],
    ['a resource that is no ARN', allow({ Resource: 'vault/*' }), /the resource `vault\/\*`/],
    ['a number as action', allow({ Action: 5 }), /Action that is not text/],
  ])('in an identity policy: %s', (_, statement, message) => {
    expect(outcome({ caller: session(policy(allow(), statement)) })).toMatch(message);
  });

  it.each<[string, AnyStatement, RegExp]>([
    ['no principal', allow(), /not exactly one of Principal and NotPrincipal/],
    ['NotPrincipal with Allow', allow({ NotPrincipal: { AWS: account } }), /NotPrincipal with Allow/],
    [
      'a wildcard in a principal',
      allow({ Principal: { AWS: `arn:aws:iam::${account}:role/*` } }),
      /the principal `arn/,
    ],
    ['an unknown type of principal', allow({ Principal: { CanonicalUser: 'x' } }), /the principal type CanonicalUser/],
    ['a list of principals', allow({ Principal: ['*'] }), /the principal \["\*"\]/],
  ])('in a resource policy: %s', (_, statement, message) => {
    expect(outcome({ caller: session(everything), ...bucketPolicy(statement) })).toMatch(message);
  });

  it('takes the id of a deleted role for nobody', () => {
    const gone = allow({ Principal: { AWS: 'AROAJ3XAMPLEXAMPLEXX' } });

    expect(isAllowed({ caller: session(everything), ...bucketPolicy(gone) })).toBe(true);
    expect(isAllowed(bucketPolicy(gone))).toBe(false);
  });
});

describe('a refusal says who, what, where and which policy decided', () => {
  it.each<[Partial<AuthorizationRequest>, string]>([
    [{}, 'because no identity-based policy allows the s3:GetObject action'],
    [{ caller: withBoundary(session(everything)) }, 'because no permissions boundary allows the s3:GetObject action'],
    [{ caller: anonymous }, 'because no resource-based policy allows the s3:GetObject action'],
    [
      { caller: session(everything, policy(allow(), deny())) },
      'with an explicit deny in an identity-based policy (statement 2)',
    ],
    [
      { caller: session(everything), ...bucketPolicy(deny({ Sid: 'TlsOnly', Principal: '*' })) },
      'with an explicit deny in a resource-based policy (statement "TlsOnly")',
    ],
    [
      { caller: withBoundary(session(everything), policy(deny({ Sid: 'Never' }))) },
      'with an explicit deny in a permissions boundary (statement "Never")',
    ],
  ])('%#', (more, reason) => {
    const { arn } = request(more).caller;
    const who = `User: ${arn === '' ? 'anonymous' : arn}`;

    expect(outcome(more)).toBe(
      `${who} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::vault/raw/a ${reason}`,
    );
  });

  it('names a service as such', () => {
    expect(outcome({ caller: service() })).toMatch(/^Service: s3.amazonaws.com is not authorized to perform/);
  });
});

describe('policies are read once', () => {
  it('asks a document for its statements only the first time', () => {
    let reads = 0;
    const document = {
      Version: '2012-10-17',
      get Statement() {
        reads += 1;
        return [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }];
      },
    };
    const authorize = createAuthorize();

    for (let turn = 0; turn < 3; turn += 1) authorize(request({ caller: session(document) }));

    expect(reads).toBe(1);
  });
});
