import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import { AwsError } from '../../local/aws/aws-error.ts';
import type { AuthorizationRequest } from '../../local/aws/caller.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';

const authorize = createAuthorize();

/** What the embedded IAM decides, in the words of the simulator; throws where it does not know something. */
export const decide = (request: AuthorizationRequest): string => {
  try {
    authorize(request);
    return 'Allowed';
  } catch (error) {
    if (!(error instanceof AwsError) || error.message.includes('does not know')) throw error;
    return error.message.includes('with an explicit deny') ? 'ExplicitlyDenied' : 'ImplicitlyDenied';
  }
};

/** What the simulator decides, and the condition keys that the action does not have. */
export const decideBySimulator = async ({
  caller,
  ...request
}: AuthorizationRequest): Promise<{ outcome: string; ignoredKeys: readonly string[] }> => {
  const { identityPolicies, permissionsBoundary } = caller;
  const answer = await runSimulation(
    {
      request: {
        principal: caller.kind === 'anonymous' ? anonymousPrincipal : (caller.service ?? caller.arn),
        action: request.action,
        resource: { resource: request.resource, accountId: request.resourceAccountId },
        contextVariables: mutableContext(request.context),
      },
      identityPolicies: identityPolicies.map((policy, index) => ({ name: `identity ${index}`, policy })),
      resourcePolicy: request.resourcePolicy,
      ...(permissionsBoundary && { permissionBoundaryPolicies: [{ name: 'boundary', policy: permissionsBoundary }] }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer));
  return { outcome: answer.overallResult, ignoredKeys: answer.result.ignoredContextKeys ?? [] };
};

const mutableContext = (context: AuthorizationRequest['context']): Record<string, string | string[]> => {
  const present: Record<string, string | string[]> = {};
  for (const [key, value] of Object.entries(context)) {
    if (value !== undefined) present[key] = typeof value === 'string' ? value : [...value];
  }
  return present;
};
