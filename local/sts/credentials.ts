import { createHash } from 'node:crypto';
import { hours } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/caller.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { createRoleRegistry, type RoleRegistry } from './role-registry.ts';
import { type AdminCredentials, createSessionStore, type SessionCredentials } from './session-store.ts';

/** What the endpoint needs to know about an access key. */
export interface KnownKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly caller: Caller;
}

/** Who may sign requests: the administrator, and sessions of the template's roles. */
export interface Credentials {
  readonly roles: RoleRegistry;
  /** The long-lived key pair of `arn:aws:iam::…:user/admin`, random and kept over restarts. */
  readonly admin: AdminCredentials;
  readonly adminCaller: Caller;
  /** Undefined for a key that does not exist; throws `ExpiredToken` for a session that is over on the platform's clock. */
  lookup(accessKeyId: string): KnownKey | undefined;
  /** Credentials of a role that are good for at least six more hours. */
  credentialsFor(roleArn: string, sessionName?: string): SessionCredentials;
  /** A session that somebody assumed, for as long as they asked. */
  newSession(roleArn: string, sessionName: string, durationSeconds: number): SessionCredentials;
}

const serviceSessionMs = hours(12);
const renewBeforeMs = hours(6);

export const createCredentials = (deps: Pick<ServiceDeps, 'db' | 'clock' | 'authorize' | 'accountId'>): Credentials => {
  const { db, clock, accountId } = deps;
  const roles = createRoleRegistry(deps);
  const sessions = createSessionStore(db);
  const admin = sessions.admin();
  const adminCaller: Caller = {
    kind: 'user',
    arn: `arn:aws:iam::${accountId}:user/admin`,
    accountId,
    accessKeyId: admin.accessKeyId,
    identityPolicies: [roles.managedPolicy('arn:aws:iam::aws:policy/AdministratorAccess')],
  };
  const current = new Map<string, SessionCredentials>();

  const lookupSession = (accessKeyId: string): KnownKey | undefined => {
    const session = sessions.find(accessKeyId);
    if (session === undefined || roles.find(session.roleArn) === undefined) return undefined;
    if (session.expiresMs <= clock.now()) throw expiredToken();
    const { secretAccessKey, sessionToken, roleArn, sessionName } = session;
    return { secretAccessKey, sessionToken, caller: roles.sessionCaller(roleArn, sessionName, accessKeyId) };
  };
  const newSession = (roleArn: string, sessionName: string, durationMs: number): SessionCredentials => {
    const now = clock.now();
    return sessions.create(roleArn, sessionName, { now, expiresMs: now + durationMs });
  };

  return {
    roles,
    admin,
    adminCaller,
    lookup: (accessKeyId) =>
      accessKeyId === admin.accessKeyId
        ? { secretAccessKey: admin.secretAccessKey, caller: adminCaller }
        : lookupSession(accessKeyId),
    credentialsFor(roleArn, sessionName = 'mediakeep') {
      const id = `${roleArn} ${sessionName}`;
      const known = current.get(id);
      if (known !== undefined && known.expiresMs - clock.now() > renewBeforeMs) return known;
      const session = newSession(roleArn, sessionName, serviceSessionMs);
      current.set(id, session);
      return session;
    },
    newSession: (roleArn, sessionName, durationSeconds) => newSession(roleArn, sessionName, durationSeconds * 1000),
  };
};

const expiredToken = (): AwsError =>
  new AwsError('ExpiredToken', 403, 'The security token included in the request is expired.');

/** Ids of roles look like AWS's and are the same at every start. */
export const roleIdOf = (roleArn: string): string =>
  `AROA${createHash('sha256').update(roleArn).digest('hex').slice(0, 17).toUpperCase()}`;
