import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../local/aws/aws-error.ts';
import type { AuthorizationRequest } from '../../local/aws/caller.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';
import { authorizationRequest } from './policy-arbitraries.ts';

const authorize = createAuthorize();

/** `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`, in the words of the reference. */
const decide = (request: AuthorizationRequest): string => {
  try {
    authorize(request);
    return 'Allowed';
  } catch (error) {
    if (!(error instanceof AwsError) || error.message.includes('does not know')) throw error;
    return error.message.includes('with an explicit deny') ? 'ExplicitlyDenied' : 'ImplicitlyDenied';
  }
};

const decideByReference = async ({ caller, ...request }: AuthorizationRequest): Promise<string> => {
  const { identityPolicies, permissionsBoundary } = caller;
  const outcome = await runSimulation(
    {
      request: {
        principal: caller.kind === 'anonymous' ? anonymousPrincipal : (caller.service ?? caller.arn),
        action: request.action,
        resource: { resource: request.resource, accountId: request.resourceAccountId },
        contextVariables: request.context as Record<string, string | string[]>,
      },
      identityPolicies: identityPolicies.map((policy, index) => ({ name: `identity ${index}`, policy })),
      resourcePolicy: request.resourcePolicy,
      ...(permissionsBoundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: permissionsBoundary }] }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType !== 'single') throw new Error(JSON.stringify(outcome));
  if (outcome.result.ignoredContextKeys?.length) throw new Error(`ignored ${outcome.result.ignoredContextKeys.join()}`);
  return outcome.overallResult;
};

describe('the embedded IAM decides as an independent simulator does', () => {
  const runs = Number(process.env['IAM_DIFFERENTIAL_RUNS'] ?? 4000);

  it('agrees on random policies and requests', { timeout: 60_000 + runs * 10 }, async () => {
    const outcomes = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(authorizationRequest, async (request) => {
        const outcome = decide(request);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(outcome).toBe(await decideByReference(request));
      }),
      { numRuns: runs },
    );

    for (const outcome of ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']) {
      expect(outcomes.get(outcome)).toBeGreaterThan(runs / 20);
    }
  });
});
