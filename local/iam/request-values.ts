import type { Clock } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import type { AuthorizationRequest, Caller } from '../aws/caller.ts';

/** The value of a condition key, asked by its lower-case name: one string, several, or undefined where the key is absent. */
export type RequestValues = (key: string) => string | readonly string[] | undefined;

/**
 * Makes the condition values of one request: what the service passed, and for keys it left out what follows from the caller,
 * the resource and the clock. Names of keys are not case-sensitive. A key with an empty list counts as absent.
 */
export const requestValues = (request: AuthorizationRequest, clock: Clock): RequestValues => {
  const { context } = request;
  const keys = Object.keys(context);
  return (wanted) => {
    const key = keys.find((candidate) => candidate.length === wanted.length && candidate.toLowerCase() === wanted);
    const passed = key === undefined ? undefined : context[key];
    const isAbsent = passed === undefined || (typeof passed !== 'string' && passed.length === 0);
    return isAbsent ? derivedValue(wanted, request, clock) : passed;
  };
};

const derivedValue = (key: string, request: AuthorizationRequest, clock: Clock): string | undefined => {
  switch (key) {
    case 'aws:currenttime':
      return isoTime(clock.now());
    case 'aws:epochtime':
      return String(Math.floor(clock.now() / 1000));
    case 'aws:requestedregion':
      return request.region;
    case 'aws:resourceaccount':
      return request.resourceAccountId;
    case 'aws:principalisawsservice':
      return String(request.caller.kind === 'service');
    default:
      return principalValue(key, request.caller);
  }
};

const principalValue = (key: string, caller: Caller): string | undefined => {
  if (caller.kind === 'anonymous') return key === 'aws:principaltype' ? 'Anonymous' : undefined;
  if (caller.kind === 'service') return key === 'aws:principalservicename' ? caller.service : undefined;
  switch (key) {
    case 'aws:principalarn':
      return caller.roleArn ?? caller.arn;
    case 'aws:principalaccount':
      return caller.accountId;
    case 'aws:principaltype':
      return caller.kind === 'role' ? 'AssumedRole' : isRootUser(caller) ? 'Account' : 'User';
    case 'aws:username':
      return caller.kind === 'user' && !isRootUser(caller)
        ? caller.arn.slice(caller.arn.lastIndexOf('/') + 1)
        : undefined;
    default:
      return undefined;
  }
};

/** True for the root user of an account, whom no identity policy limits. */
export const isRootUser = (caller: Caller): boolean => caller.kind === 'user' && caller.arn.endsWith(':root');
