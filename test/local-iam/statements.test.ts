// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizationRequest } from '../../local/aws/caller.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';
import type { AnyStatement } from './request.ts';
import {
  account,
  allow,
  anonymous,
  bucketPolicy,
  deny,
  everything,
  isAllowed,
  outcome,
  policy,
  request,
  service,
  session,
  withBoundary,
} from './request.ts';

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
