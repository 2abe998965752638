import { z } from 'zod';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorize } from '../aws/caller.ts';
import { type JsonOperation, parseInput } from '../aws/json-protocol.ts';
import type { AwsRequest } from '../aws/service.ts';
import type { IdentityParts } from './identity-parts.ts';
import type { PasswordPolicy, UserPool } from './pool-model.ts';
import type { User } from './users.ts';

/** The operations of the Cognito API that the platform has, by name. */
export const cognitoOperations = (parts: IdentityParts, authorize: Authorize): ReadonlyMap<string, JsonOperation> => {
  const onPool =
    <T extends { UserPoolId: string }>(
      name: string,
      schema: z.ZodType<T>,
      work: (pool: UserPool, input: T) => unknown,
    ) =>
    (body: unknown, request: AwsRequest): unknown => {
      const input = parseInput(schema, body, invalidParameter);
      permit(authorize, request, name, input.UserPoolId);
      return work(poolOf(parts, input.UserPoolId), input);
    };
  const entries: [string, JsonOperation][] = [
    ['AdminCreateUser', onPool('AdminCreateUser', CreateUser, (pool, input) => createUser(parts, pool, input))],
    ['AdminGetUser', onPool('AdminGetUser', NamedUser, (pool, input) => getUser(parts, pool, input.Username))],
    ['AdminDeleteUser', onPool('AdminDeleteUser', NamedUser, (pool, input) => deleteUser(parts, pool, input.Username))],
    [
      'AdminDisableUser',
      onPool('AdminDisableUser', NamedUser, (pool, { Username }) => enable(parts, pool, Username, false)),
    ],
    [
      'AdminEnableUser',
      onPool('AdminEnableUser', NamedUser, (pool, { Username }) => enable(parts, pool, Username, true)),
    ],
    [
      'AdminSetUserPassword',
      onPool('AdminSetUserPassword', SetPassword, (pool, input) => setPassword(parts, pool, input)),
    ],
    ['ListUsers', onPool('ListUsers', ListUsers, (pool, input) => listUsers(parts, pool, input))],
    ['DescribeUserPoolClient', onPool('DescribeUserPoolClient', DescribeClient, describeClient)],
  ];
  return new Map(entries);
};

const Attributes = z.array(z.object({ Name: z.string(), Value: z.string().default('') })).default([]);
const UserPoolId = z.string().regex(/^[\w-]+_[0-9a-zA-Z]+$/);
const Username = z.string().min(1).max(128);
const NamedUser = z.object({ UserPoolId, Username });
const CreateUser = z.object({
  UserPoolId,
  Username,
  UserAttributes: Attributes,
  TemporaryPassword: z.string().max(256).optional(),
});
const SetPassword = z.object({
  UserPoolId,
  Username,
  Password: z.string().max(256),
  Permanent: z.boolean().default(false),
});
const ListUsers = z.object({
  UserPoolId,
  Limit: z.number().int().min(0).max(60).default(60),
  PaginationToken: z.string().optional(),
  Filter: z.string().max(256).optional(),
});
const DescribeClient = z.object({ UserPoolId, ClientId: z.string() });

const invalidParameter = (path: string, why: string): AwsError =>
  new AwsError('InvalidParameterException', 400, `${path}: ${why}`);

const permit = (authorize: Authorize, request: AwsRequest, operation: string, poolId: string): void =>
  authorize({
    caller: request.caller,
    action: `cognito-idp:${operation}`,
    resource: `arn:aws:cognito-idp:${request.region}:${request.accountId}:userpool/${poolId}`,
    resourceAccountId: request.accountId,
    context: request.baseContext,
    region: request.region,
  });

const poolOf = ({ pools }: IdentityParts, poolId: string): UserPool => {
  const pool = pools.get(poolId);
  if (pool !== undefined) return pool;
  throw new AwsError('ResourceNotFoundException', 400, `User pool ${poolId} does not exist.`);
};

const userOf = ({ users }: IdentityParts, pool: UserPool, name: string): User => {
  const user = users.find(pool, name);
  if (user !== undefined) return user;
  throw new AwsError('UserNotFoundException', 400, 'User does not exist.');
};

const createUser = (parts: IdentityParts, pool: UserPool, input: z.output<typeof CreateUser>): unknown => {
  const given = Object.fromEntries(input.UserAttributes.map(({ Name, Value }) => [Name, Value]));
  const { sub: _, ...others } = given;
  const sub = parts.newId();
  if (pool.generatesUsernames && !/^[^@\s]+@[^@\s]+$/.test(input.Username)) {
    throw new AwsError('InvalidParameterException', 400, 'Username should be an email.');
  }
  if (input.TemporaryPassword !== undefined) checkPassword(pool.passwordPolicy, input.TemporaryPassword);
  const attributes = pool.generatesUsernames ? { ...others, email: input.Username } : others;
  const username = pool.generatesUsernames ? sub : input.Username;
  const isNew = parts.users.create(pool, { username, sub, status: 'FORCE_CHANGE_PASSWORD', attributes });
  if (!isNew) throw new AwsError('UsernameExistsException', 400, 'User account already exists');
  const user = userOf(parts, pool, username);
  if (input.TemporaryPassword !== undefined) {
    parts.users.setPassword(user, input.TemporaryPassword, 'FORCE_CHANGE_PASSWORD');
  }
  return { User: { ...described(user), Attributes: attributeList(user) } };
};

const getUser = (parts: IdentityParts, pool: UserPool, name: string): unknown => {
  const user = userOf(parts, pool, name);
  return { ...described(user), UserAttributes: attributeList(user) };
};

const deleteUser = (parts: IdentityParts, pool: UserPool, name: string): unknown => {
  const user = userOf(parts, pool, name);
  parts.grants.endUser(pool.id, user.username);
  parts.users.remove(user);
  return undefined;
};

const enable = (parts: IdentityParts, pool: UserPool, name: string, enabled: boolean): unknown => {
  const user = userOf(parts, pool, name);
  parts.users.setEnabled(user, enabled);
  if (!enabled) parts.grants.endUser(pool.id, user.username);
  return {};
};

const setPassword = (parts: IdentityParts, pool: UserPool, input: z.output<typeof SetPassword>): unknown => {
  checkPassword(pool.passwordPolicy, input.Password);
  const status = input.Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
  parts.users.setPassword(userOf(parts, pool, input.Username), input.Password, status);
  return {};
};

const checkPassword = (policy: PasswordPolicy, password: string): void => {
  const refuse = (why: string) => {
    throw new AwsError('InvalidPasswordException', 400, `Password did not conform with policy: Password ${why}`);
  };
  if (password.length < policy.minimumLength) refuse('not long enough');
  if (policy.requireLowercase && !/[a-z]/.test(password)) refuse('must have lowercase characters');
  if (policy.requireUppercase && !/[A-Z]/.test(password)) refuse('must have uppercase characters');
  if (policy.requireNumbers && !/\d/.test(password)) refuse('must have numeric characters');
  if (policy.requireSymbols && !/[^\w\s]|_/.test(password)) refuse('must have symbol characters');
};

const listUsers = (parts: IdentityParts, pool: UserPool, input: z.output<typeof ListUsers>): unknown => {
  const matches = userFilter(input.Filter);
  const after = Buffer.from(input.PaginationToken ?? '', 'base64url').toString('utf8');
  const found = parts.users.list(pool).filter((user) => user.username > after && matches(user));
  const page = found.slice(0, input.Limit);
  const last = page.at(-1);
  return {
    Users: page.map((user) => ({ ...described(user), Attributes: attributeList(user) })),
    ...(found.length > page.length && last !== undefined
      ? { PaginationToken: Buffer.from(last.username).toString('base64url') }
      : {}),
  };
};

/** `email = "x"` or `email ^= "x"`; other filters are refused rather than ignored. */
const userFilter = (filter: string | undefined): ((user: User) => boolean) => {
  if (filter === undefined || filter === '') return () => true;
  const [, name = '', operator, value = ''] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"(.*)"\s*$/.exec(filter) ?? [];
  if (operator === undefined) throw new AwsError('InvalidParameterException', 400, 'Error while parsing filter.');
  const read = ({ username, sub, status, attributes }: User) =>
    new Map(Object.entries({ ...attributes, username, sub, 'cognito:user_status': status })).get(name) ?? '';
  return operator === '=' ? (user) => read(user) === value : (user) => read(user).startsWith(value);
};

const described = (user: User) => ({
  Username: user.username,
  UserStatus: user.status,
  Enabled: user.enabled,
  UserCreateDate: user.createdAtMs / 1000,
  UserLastModifiedDate: user.updatedAtMs / 1000,
});

const attributeList = (user: User) =>
  Object.entries({ ...user.attributes, sub: user.sub }).map(([Name, Value]) => ({ Name, Value }));

const describeClient = (pool: UserPool, input: z.output<typeof DescribeClient>): unknown => {
  const client = pool.clients.get(input.ClientId);
  if (client === undefined) {
    throw new AwsError('ResourceNotFoundException', 400, `User pool client ${input.ClientId} does not exist.`);
  }
  return {
    UserPoolClient: {
      UserPoolId: pool.id,
      ClientName: client.name,
      ClientId: client.id,
      ...(client.secret === undefined ? {} : { ClientSecret: client.secret }),
      RefreshTokenValidity: client.refreshTokenSeconds,
      AccessTokenValidity: client.accessTokenSeconds,
      IdTokenValidity: client.idTokenSeconds,
      TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
      ExplicitAuthFlows: client.explicitAuthFlows,
      CallbackURLs: client.callbackUrls,
      LogoutURLs: client.logoutUrls,
      AllowedOAuthFlows: client.flows,
      AllowedOAuthScopes: client.scopes,
      AllowedOAuthFlowsUserPoolClient: client.flows.length > 0,
      EnableTokenRevocation: client.canRevoke,
    },
  };
};
