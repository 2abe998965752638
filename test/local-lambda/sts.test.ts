import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, createRole, type Platform, region, startPlatform } from './small-platform.ts';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const call = async (parameters: Record<string, string>, accessKeyId = platform.credentials.admin.accessKeyId) => {
  const response = await fetch(platform.endpoint(), {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/sts/aws4_request` },
    body: new URLSearchParams({ Version: '2011-06-15', ...parameters }),
  });
  return { status: response.status, xml: await response.text() };
};
const element = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const createTrusted = (id: string, principal: object, more: object = {}) =>
  platform.create('AWS::IAM::Role', id, {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, ...more }],
    },
  });
const account = { AWS: `arn:aws:iam::${accountId}:root` };
const assume = (id: string, more = {}) =>
  call({
    Action: 'AssumeRole',
    RoleArn: `arn:aws:iam::${accountId}:role/test-${id}-0123456789ab`,
    RoleSessionName: 'me',
    ...more,
  });

describe('whoever signs', () => {
  it('is told who they are', async () => {
    const { xml } = await call({ Action: 'GetCallerIdentity' });

    expect(element(xml, 'Arn')).toBe(`arn:aws:iam::${accountId}:user/admin`);
    expect(element(xml, 'Account')).toBe(accountId);
  });

  it('assumes a role that trusts them and is that role from then on', async () => {
    await createTrusted('Trusting', account);

    const { xml } = await assume('Trusting');
    const identity = await call({ Action: 'GetCallerIdentity' }, element(xml, 'AccessKeyId'));

    expect(element(identity.xml, 'Arn')).toBe(`arn:aws:sts::${accountId}:assumed-role/test-Trusting-0123456789ab/me`);
    expect(element(identity.xml, 'UserId')).toMatch(/^AROA[0-9A-F]{17}:me$/);
  });

  it.each([
    ['trusts somebody else', 'Closed', { Service: 'lambda.amazonaws.com' }, {}],
    ['asks for an external id', 'External', account, { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } }],
  ])('does not assume a role that %s', async (_, id, principal, more) => {
    await createTrusted(id, principal, more);

    const { status, xml } = await assume(id);

    expect([status, element(xml, 'Code')]).toEqual([403, 'AccessDenied']);
  });

  it.each([
    ['nobody', { RoleArn: `arn:aws:iam::${accountId}:role/nobody` }, 403, 'AccessDenied'],
    ['too long a session', { DurationSeconds: '3601' }, 400, 'ValidationError'],
    ['a name with blanks', { RoleSessionName: 'a b' }, 400, 'ValidationError'],
    ['a session policy', { Policy: '{}' }, 501, 'NotImplemented'],
  ])('cannot assume %s', async (_, more, status, code) => {
    await createTrusted('Limits', account);

    const answer = await assume('Limits', more);

    expect([answer.status, element(answer.xml, 'Code')]).toEqual([status, code]);
  });

  it("is nobody any more when the session has ended on the platform's clock", async () => {
    await createTrusted('Short', account);
    const { xml } = await assume('Short', { DurationSeconds: '900' });
    const accessKeyId = element(xml, 'AccessKeyId') ?? '';

    platform.moveClock(900_000);

    expect(() => platform.credentials.lookup(accessKeyId)).toThrow('expired');
    expect(platform.credentials.lookup('AKIAUNKNOWN')).toBeUndefined();
  });
});

describe('a role', () => {
  it('has inline, attached and later policies, within its boundary', async () => {
    const document = (Action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    });
    const boundary = await platform.create('AWS::IAM::ManagedPolicy', 'Boundary', { PolicyDocument: document('s3:*') });
    const { ref, attributes } = await platform.create('AWS::IAM::Role', 'Full', {
      AssumeRolePolicyDocument: document('sts:AssumeRole'),
      Policies: [{ PolicyName: 'inline', PolicyDocument: document('s3:GetObject') }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      PermissionsBoundary: boundary.ref,
    });

    await platform.create('AWS::IAM::Policy', 'Later', {
      PolicyName: 'later',
      PolicyDocument: document('s3:PutObject'),
      Roles: [ref],
    });

    const caller = platform.credentials.roles.sessionCaller(attributes['Arn'] ?? '', 's');
    const actions = caller.identityPolicies.flatMap(({ Statement }) => [Statement].flat().map(({ Action }) => Action));
    expect(actions).toEqual(['s3:GetObject', 's3:PutObject', expect.arrayContaining(['logs:PutLogEvents'])]);
    expect(caller.permissionsBoundary).toEqual(document('s3:*'));
  });

  it.each([
    [
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Unheard'] },
      'does not know the managed policy arn:aws:iam::aws:policy/Unheard',
    ],
    [{ PermissionsBoundary: 'arn:aws:iam::aws:policy/Unheard' }, 'Unheard'],
    [
      { Policies: [{ PolicyName: 'x', PolicyDocument: { Statement: [{ Effect: 'Allow', Actions: 's3:*' }] } }] },
      'Actions',
    ],
  ])('is refused with %j', async (properties, named) => {
    const made = platform.create('AWS::IAM::Role', 'Bad', {
      AssumeRolePolicyDocument: { Statement: [] },
      ...properties,
    });

    await expect(made).rejects.toThrow(named);
  });

  it('gets credentials that are renewed before they end', async () => {
    const role = await createRole(platform);
    const first = platform.credentials.credentialsFor(role);

    const same = platform.credentials.credentialsFor(role);
    platform.moveClock(7 * 3_600_000);
    const renewed = platform.credentials.credentialsFor(role);

    expect(same).toBe(first);
    expect(renewed.accessKeyId).not.toBe(first.accessKeyId);
    expect(renewed.expiresMs - platform.clock.now()).toBeGreaterThan(6 * 3_600_000);
  });
});
