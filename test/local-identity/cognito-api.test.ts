import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  DescribeUserPoolClientCommand,
  ListGroupsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../local/aws/aws-error.ts';
import {
  callback,
  createResource,
  exchange,
  newCode,
  postForm,
  scope,
  signIn,
  startIdentity,
} from './identity-server.ts';

const emailPool = { poolProperties: { UsernameAttributes: ['email'] } };

describe('the administrator’s API', () => {
  test('makes a user whose name is an e-mail address and finds it by that', async () => {
    await using server = await startIdentity(emailPool);
    const UserPoolId = server.poolId;
    const { User } = await server.cognito.send(
      new AdminCreateUserCommand({
        UserPoolId,
        Username: 'ravi@example.org',
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );

    const found = await server.cognito.send(new AdminGetUserCommand({ UserPoolId, Username: 'RAVI@example.org' }));
    const listed = await server.cognito.send(
      new ListUsersCommand({ UserPoolId, Filter: 'email = "ravi@example.org"' }),
    );

    expect(User).toMatchObject({ UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true });
    expect(User?.Username).toMatch(/^[0-9a-f-]{36}$/);
    expect(found.Username).toBe(User?.Username);
    expect(found.UserAttributes).toContainEqual({ Name: 'email', Value: 'ravi@example.org' });
    expect(listed.Users?.map(({ Username }) => Username)).toEqual([User?.Username]);
  });

  test('refuses a name twice, a name that is no address, and a user that is not there', async () => {
    await using server = await startIdentity(emailPool);
    const UserPoolId = server.poolId;
    const create = (Username: string) => server.cognito.send(new AdminCreateUserCommand({ UserPoolId, Username }));
    await create('ravi@example.org');

    await expect(create('Ravi@example.org')).rejects.toMatchObject({ name: 'UsernameExistsException' });
    await expect(create('ravi')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(
      server.cognito.send(new AdminGetUserCommand({ UserPoolId, Username: 'nobody' })),
    ).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  test('lists users page by page', async () => {
    await using server = await startIdentity();
    const UserPoolId = server.poolId;
    for (const Username of ['b', 'c', 'd'])
      await server.cognito.send(new AdminCreateUserCommand({ UserPoolId, Username }));

    const first = await server.cognito.send(new ListUsersCommand({ UserPoolId, Limit: 3 }));
    const second = await server.cognito.send(
      new ListUsersCommand({ UserPoolId, Limit: 3, PaginationToken: first.PaginationToken }),
    );

    const names = [...(first.Users ?? []), ...(second.Users ?? [])].map(({ Username }) => Username);
    expect(names).toEqual(['asha', 'b', 'c', 'd']);
    expect(second.PaginationToken).toBeUndefined();
  });

  test('shuts a disabled user out at once and lets an enabled one in', async () => {
    await using server = await startIdentity();
    const user = { UserPoolId: server.poolId, Username: 'asha' };
    const tokens = await (await exchange(server, await newCode(server))).json();
    const renew = () =>
      postForm(`${server.url}/oauth2/token`, {
        grant_type: 'refresh_token',
        client_id: server.publicClient,
        refresh_token: tokens.refresh_token,
      });

    await server.cognito.send(new AdminDisableUserCommand(user));
    const renewed = await renew();
    const signedIn = await signIn(server);
    await server.cognito.send(new AdminEnableUserCommand(user));

    expect(renewed.status).toBe(400);
    expect(signedIn.location.href).toBe('none:');
    expect((await signIn(server)).location.searchParams.get('code')).not.toBeNull();
  });

  test('removes a user with everything', async () => {
    await using server = await startIdentity();
    const user = { UserPoolId: server.poolId, Username: 'asha' };
    const code = await newCode(server);

    await server.cognito.send(new AdminDeleteUserCommand(user));

    expect((await exchange(server, code)).status).toBe(400);
    await expect(server.cognito.send(new AdminGetUserCommand(user))).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
  });

  test('sets a password by the pool’s policy, and the sign-in asks for it', async () => {
    await using server = await startIdentity({
      poolProperties: {
        Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true, RequireSymbols: true } },
      },
    });
    const user = { UserPoolId: server.poolId, Username: 'asha', Permanent: true };
    const set = (Password: string) => server.cognito.send(new AdminSetUserPasswordCommand({ ...user, Password }));

    await expect(set('short-1')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await expect(set('long enough but no number')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await set('long-enough-1');
    const wrong = await signIn(server, { username: 'asha', password: 'x' });
    const right = await signIn(server, { username: 'asha', password: 'long-enough-1' });

    expect(wrong.location.href).toBe('none:');
    expect(right.location.searchParams.get('code')).not.toBeNull();
    expect(JSON.stringify(server.db.prepare('SELECT * FROM identity_users').all())).not.toContain('long-enough-1');
  });

  test('tells a client’s secret to who may ask', async () => {
    await using server = await startIdentity();

    const { UserPoolClient } = await server.cognito.send(
      new DescribeUserPoolClientCommand({ UserPoolId: server.poolId, ClientId: server.machine.id }),
    );

    expect(UserPoolClient).toMatchObject({
      ClientSecret: server.machine.secret,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [scope],
    });
    expect(server.asked.at(-1)).toMatchObject({
      action: 'cognito-idp:DescribeUserPoolClient',
      resource: `arn:aws:cognito-idp:ap-south-1:000000000000:userpool/${server.poolId}`,
    });
  });

  test('does nothing for who may not', async () => {
    await using server = await startIdentity({
      authorize() {
        throw new AwsError('AccessDenied', 403, 'not allowed');
      },
    });
    const user = { UserPoolId: server.poolId, Username: 'asha' };

    const removal = server.cognito.send(new AdminDeleteUserCommand(user));

    await expect(removal).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await signIn(server)).location.searchParams.get('code')).not.toBeNull();
  });

  test('refuses operations that it does not have', async () => {
    await using server = await startIdentity();

    const groups = server.cognito.send(new ListGroupsCommand({ UserPoolId: server.poolId }));

    await expect(groups).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('a client of the template', () => {
  const base = (UserPoolId: string) => ({
    UserPoolId,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid'],
    CallbackURLs: [callback],
  });
  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['a scope of no resource server', { AllowedOAuthScopes: ['mediakeep/other'] }, /mediakeep\/other/],
    ['plain http to an address', { CallbackURLs: ['http://127.0.0.1:41801/callback'] }, /localhost only/],
    ['a callback with a fragment', { CallbackURLs: ['https://a.example/#x'] }, /fragment/],
    ['no callback', { CallbackURLs: [] }, /CallbackURLs/],
    ['machine credentials without a secret', { AllowedOAuthFlows: ['client_credentials'] }, /GenerateSecret/],
    [
      'machine credentials beside a sign-in',
      { AllowedOAuthFlows: ['client_credentials', 'code'], GenerateSecret: true },
      /stands alone/,
    ],
    ['a property that is not known', { Unknown: 1 }, /`Unknown`/],
  ];
  test.each(wrong)('with %s is refused', async (_, changes, problem) => {
    await using server = await startIdentity();
    const properties = { ...base(server.poolId), ...changes };

    await expect(createResource(server.identity, 'AWS::Cognito::UserPoolClient', properties, 'Wrong')).rejects.toThrow(
      problem,
    );
  });

  test('may live as long as its units say', async () => {
    await using server = await startIdentity();
    const properties = {
      ...base(server.poolId),
      AccessTokenValidity: 5,
      TokenValidityUnits: { AccessToken: 'minutes' },
    };
    const client = await createResource(server.identity, 'AWS::Cognito::UserPoolClient', properties, 'Short');

    const token = await server.identity.issueToken('asha', { clientId: client.ref, scopes: ['openid'] });

    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(300);
  });
});
