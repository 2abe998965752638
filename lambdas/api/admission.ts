import { easiestTarget, type GuardedOperation } from '../../core/authorization/targets.ts';
import { MediakeepError } from '../../core/error.ts';
import { readIdentity, readSignedIdentity } from './identity.ts';
import type { Caller } from './membership.ts';
import { countRequest } from './rate-limit.ts';
import { requireReading } from './read-only.ts';
import type { Services } from './services.ts';

/** Who calls, how often, for which tenant and with what right: all of it before a byte of the body is looked at. */
export const admit = async (
  operation: GuardedOperation,
  request: { readonly authorizer: unknown; readonly tenant: string | undefined },
  services: Services,
): Promise<Caller> => {
  const { standby } = services;
  const identity =
    standby === undefined
      ? readIdentity(request.authorizer)
      : readSignedIdentity(request.authorizer, standby.readerRole);
  await countRequest(identity.principal, services);
  await services.gate.requireOpen();
  const caller = await services.memberships.resolve(identity, request.tenant);
  const { target, context } = easiestTarget(operation, caller);
  if (!services.permits(caller, operation, target, context)) throw notPermitted(caller, operation);
  if (standby !== undefined) requireReading(operation);
  return caller;
};

const notPermitted = ({ roles, tenant, devices }: Caller, operation: string): MediakeepError => {
  if (operation === 'beginUpload' && roles.includes('device') && devices.length === 0) {
    return new MediakeepError(
      'forbidden',
      `Your membership of ${tenant} lists no device; an administrator can add one.`,
    );
  }
  const held = roles.length === 0 ? 'none' : roles.join(', ');
  return new MediakeepError(
    'forbidden',
    `Your roles in ${tenant} (${held}) do not permit ${operation}; an administrator can change them.`,
  );
};
