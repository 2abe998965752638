import type { Caller } from '../aws/caller.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/**
 * How a `Principal` element names a caller. `direct`: the very user, session or service, or everyone. `role`: the role behind
 * the session, whose permissions boundary still counts. `account`: its account, which only lets identity policies decide.
 */
export type PrincipalMatch = 'none' | 'account' | 'role' | 'direct';

/** A `Principal` or `NotPrincipal` element, ready to be asked. */
export interface PrincipalElement {
  /** The strongest way in which the element names the caller. */
  match(caller: Caller): PrincipalMatch;
  /** True if the element names the caller in every way there is: `NotPrincipal` spares nobody else. */
  namesFully(caller: Caller): boolean;
}

interface Names {
  everyone: boolean;
  /** ARNs of users, roles and sessions. */
  readonly arns: Set<string>;
  readonly accounts: Set<string>;
  readonly services: Set<string>;
}

/** Reads a principal element; throws {@link UnsupportedPolicy} for a form that a policy may not have. */
export const compilePrincipal = (element: unknown): PrincipalElement => {
  const names: Names = { everyone: false, arns: new Set(), accounts: new Set(), services: new Set() };
  if (element === '*') {
    names.everyone = true;
  } else if (element !== null && typeof element === 'object' && !Array.isArray(element)) {
    for (const [kind, value] of Object.entries(element)) {
      for (const name of Array.isArray(value) ? value : [value]) addName(names, kind, name);
    }
  } else {
    throw new UnsupportedPolicy(`the principal ${JSON.stringify(element)}`);
  }
  return {
    match: (caller) => matchPrincipal(names, caller),
    namesFully: (caller) => names.everyone || callerNames(caller).every((isNamed) => isNamed(names)),
  };
};

const matchPrincipal = (names: Names, caller: Caller): PrincipalMatch => {
  if (names.everyone) return 'direct';
  if (caller.kind === 'anonymous') return 'none';
  if (caller.kind === 'service') return names.services.has(caller.service ?? '') ? 'direct' : 'none';
  if (names.arns.has(caller.arn)) return 'direct';
  if (caller.roleArn !== undefined && names.arns.has(caller.roleArn)) return 'role';
  return names.accounts.has(caller.accountId) ? 'account' : 'none';
};

/** A session must be named with its role and its account, a user with the account, before `NotPrincipal` spares it. */
const callerNames = (caller: Caller): ((names: Names) => boolean)[] => {
  if (caller.kind === 'anonymous') return [() => false];
  if (caller.kind === 'service') return [({ services }) => services.has(caller.service ?? '')];
  const { roleArn } = caller;
  return [
    ({ arns }) => arns.has(caller.arn),
    ({ arns }) => roleArn === undefined || arns.has(roleArn),
    ({ accounts }) => accounts.has(caller.accountId),
  ];
};

const addName = (names: Names, kind: string, name: unknown): void => {
  if (typeof name !== 'string') throw new UnsupportedPolicy(`the principal ${JSON.stringify(name)}`);
  if (kind === 'AWS') addAwsName(names, name);
  else if (kind === 'Service') names.services.add(name);
  // Nobody signs in here by an identity provider of IAM, so a federated principal names no caller.
  else if (kind !== 'Federated') throw new UnsupportedPolicy(`the principal type ${kind}`);
};

const addAwsName = (names: Names, name: string): void => {
  const account = /^(?:arn:[\w-]+:iam::)?(\d{12})(:root)?$/.exec(name);
  if (name === '*') names.everyone = true;
  else if (account?.[1] !== undefined && name.startsWith('arn:') === (account[2] !== undefined))
    names.accounts.add(account[1]);
  else if (/^arn:[\w-]+:(iam|sts)::\d{12}:(user|role|assumed-role|federated-user)\/[^*?]+$/.test(name))
    names.arns.add(name);
  // The unique id of a deleted user or role, which AWS shows in place of its ARN, names nobody any more.
  else if (!/^A[A-Z0-9]{15,}$/.test(name)) throw new UnsupportedPolicy(`the principal \`${name}\``);
};
