import type { ServerResponse } from 'node:http';
import { isoTime } from '../../core/time.ts';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { asAwsError } from '../aws/json-protocol.ts';
import { queryParameters, writeQueryAnswer, writeQueryError, type XmlValue } from '../aws/query-protocol.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest, AwsService } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import type { Credentials } from './credentials.ts';
import type { Role } from './role-registry.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

export interface StsDeps extends Pick<ServiceDeps, 'authorize' | 'log'> {
  readonly credentials: Credentials;
}

/** STS in the query protocol: who am I, and assuming a role under its trust policy. */
export const createSts = (deps: StsDeps): AwsService => ({
  signingName: 'sts',
  async handle(request, response) {
    const { requestId } = request;
    try {
      const parameters = queryParameters(request, await readBody(request, 65_536));
      const action = parameters.get('Action') ?? '';
      writeQueryAnswer(response, { action, namespace, requestId, result: run(deps, action, request, parameters) });
    } catch (error) {
      writeError(deps, response, requestId, error);
    }
  },
});

const writeError = ({ log }: StsDeps, response: ServerResponse, requestId: string, cause: unknown): void => {
  const error = asAwsError(cause, () => log(`sts failed: ${String(cause)}`));
  writeQueryError(response, { error, namespace, requestId });
};

const run = (deps: StsDeps, action: string, request: AwsRequest, parameters: URLSearchParams): XmlValue => {
  if (request.caller.kind === 'anonymous') {
    throw new AwsError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
  }
  if (action === 'GetCallerIdentity') return callerIdentity(deps, request);
  if (action === 'AssumeRole') return assumeRole(deps, request, parameters);
  throw notImplemented(`sts:${action}`);
};

const callerIdentity = ({ credentials }: StsDeps, { caller }: AwsRequest): XmlValue => {
  const role = caller.roleArn === undefined ? undefined : credentials.roles.find(caller.roleArn);
  const userId = role === undefined ? caller.accessKeyId : `${role.roleId}:${caller.arn.split('/').at(-1)}`;
  return { UserId: userId, Account: caller.accountId, Arn: caller.arn };
};

const knownParameters = new Set(['Action', 'Version', 'RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId']);

const assumeRole = (deps: StsDeps, request: AwsRequest, parameters: URLSearchParams): XmlValue => {
  const unknown = [...parameters.keys()].find((name) => !knownParameters.has(name));
  if (unknown !== undefined) throw notImplemented(`sts:AssumeRole with ${unknown}`);
  const sessionName = parameters.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid('roleSessionName', 'must match [\\w+=,.@-]{2,64}');
  const roleArn = parameters.get('RoleArn') ?? '';
  const role = allowedRole(deps, request, roleArn, { externalId: parameters.get('ExternalId'), sessionName });
  const session = deps.credentials.newSession(roleArn, sessionName, duration(parameters, role));
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: isoTime(session.expiresMs),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.roleId}:${sessionName}`,
      Arn: deps.credentials.roles.sessionCaller(roleArn, sessionName).arn,
    },
  };
};

/** A role that does not exist and one that does not trust the caller are refused alike. */
const allowedRole = (
  { authorize, credentials }: StsDeps,
  { caller, accountId, region, baseContext }: AwsRequest,
  roleArn: string,
  { externalId, sessionName }: { externalId: string | null; sessionName: string },
): Role => {
  const role = credentials.roles.find(roleArn);
  if (role === undefined) {
    const who = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new AwsError('AccessDenied', 403, who);
  }
  authorize({
    caller,
    action: 'sts:AssumeRole',
    resource: roleArn,
    resourceAccountId: accountId,
    resourcePolicy: role.trustPolicy,
    resourcePolicyMustDelegate: true,
    context: { ...baseContext, 'sts:RoleSessionName': sessionName, 'sts:ExternalId': externalId ?? undefined },
    region,
  });
  return role;
};

const duration = (parameters: URLSearchParams, role: Role): number => {
  const seconds = Number(parameters.get('DurationSeconds') ?? Math.min(3600, role.maxSessionSeconds));
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= role.maxSessionSeconds) return seconds;
  throw invalid('durationSeconds', `must be between 900 and the role's ${role.maxSessionSeconds}`);
};

const invalid = (name: string, why: string): AwsError =>
  new AwsError(
    'ValidationError',
    400,
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${why}`,
  );
