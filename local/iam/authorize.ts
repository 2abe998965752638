import type { Clock } from '../../core/time.ts';
import { systemClock } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AuthorizationRequest, Authorize, PolicyDocument } from '../aws/caller.ts';
import type { PolicyVerdict } from './policy.ts';
import { createPolicyCache } from './policy.ts';
import { isRootUser, requestValues } from './request-values.ts';
import type { PolicyKind } from './statement.ts';

export interface AuthorizeDeps {
  /** Tells `aws:CurrentTime` where the service does not pass it. */
  readonly clock?: Clock;
}

interface Verdicts {
  readonly identity: readonly PolicyVerdict[];
  readonly boundary: PolicyVerdict | undefined;
  readonly resource: PolicyVerdict | undefined;
}

/**
 * Makes the platform's IAM: an explicit deny in any policy wins; a resource-based policy that names the caller is enough
 * within the account; otherwise an identity-based policy must allow, and a permissions boundary too. Across accounts both
 * sides must allow. Services and anonymous callers have only the resource-based policy.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html}
 */
export const createAuthorize = ({ clock = systemClock }: AuthorizeDeps = {}): Authorize => {
  const ask = createPolicyCache();
  return (request) => {
    const { caller } = request;
    const values = requestValues(request, clock);
    const action = request.action.toLowerCase();
    const question = { caller, resource: request.resource, values };
    const verdict = (document: PolicyDocument, kind: PolicyKind) => ask(document, kind, action, question);
    const refusal = decide(request, {
      identity: hasIdentity(request) ? caller.identityPolicies.map((policy) => verdict(policy, 'identity')) : [],
      boundary:
        hasIdentity(request) && caller.permissionsBoundary
          ? verdict(caller.permissionsBoundary, 'identity')
          : undefined,
      resource: request.resourcePolicy && verdict(request.resourcePolicy, 'resource'),
    });
    if (refusal !== undefined) throw accessDenied(request, refusal);
  };
};

const hasIdentity = ({ caller }: AuthorizationRequest): boolean => caller.kind === 'role' || caller.kind === 'user';

/** Undefined for yes, or the reason of the refusal. */
const decide = (request: AuthorizationRequest, verdicts: Verdicts): string | undefined =>
  unsupportedIn(verdicts) ?? explicitDenyIn(verdicts) ?? missingAllow(request, verdicts);

const unsupportedIn = ({ identity, boundary, resource }: Verdicts): string | undefined => {
  const found =
    named('identity-based policy', identity.find(({ unsupported }) => unsupported)?.unsupported) ??
    named('permissions boundary', boundary?.unsupported) ??
    named('resource-based policy', resource?.unsupported);
  return found && `because of something that the embedded IAM does not know: the ${found}`;
};

const explicitDenyIn = ({ identity, boundary, resource }: Verdicts): string | undefined => {
  const found =
    named('an identity-based policy', identity.find(({ deniedBy }) => deniedBy)?.deniedBy) ??
    named('a permissions boundary', boundary?.deniedBy) ??
    named('a resource-based policy', resource?.deniedBy);
  return found && `with an explicit deny in ${found}`;
};

const named = (policy: string, detail: string | undefined): string | undefined => detail && `${policy} (${detail})`;

const missingAllow = (
  request: AuthorizationRequest,
  { identity, boundary, resource }: Verdicts,
): string | undefined => {
  const granted = resource?.allow ?? 'none';
  const noAllow = (policy: string) => `because no ${policy} allows the ${request.action} action`;
  if (!hasIdentity(request)) return granted === 'direct' ? undefined : noAllow('resource-based policy');

  const sameAccount = request.caller.accountId === request.resourceAccountId;
  if (sameAccount && granted === 'direct') return undefined;
  const identityAllows = isRootUser(request.caller) || identity.some(({ allow }) => allow !== 'none');
  const resourceIsEnough = sameAccount && granted === 'role';
  const resourceIsNeeded = !sameAccount || request.resourcePolicyMustDelegate === true;
  if (resourceIsNeeded && granted === 'none') return noAllow('resource-based policy');
  if (!resourceIsEnough && !identityAllows) return noAllow('identity-based policy');
  return boundary === undefined || boundary.allow !== 'none' ? undefined : noAllow('permissions boundary');
};

const accessDenied = ({ caller, action, resource }: AuthorizationRequest, reason: string): AwsError => {
  const who = caller.kind === 'service' ? `Service: ${caller.service}` : `User: ${caller.arn || 'anonymous'}`;
  return new AwsError(
    'AccessDenied',
    403,
    `${who} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
};
