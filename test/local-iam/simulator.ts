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

const { localeCompare } = String.prototype;

/** Compares what is plain ASCII without regard to case as ICU does, which takes fifty times as long. */
const compareWithoutCase = (a: string, b: string): number => {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (one === other) return 0;
  return one < other ? -1 : 1;
};
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/**
 * The simulator asks ICU for each letter of each ARN whether it is another but for its case, and spends most of its time
 * there. Until the answer is called, letters of ASCII are compared without ICU: `beforeAll(spareIcu)`.
 */
export const spareIcu = (): (() => void) => {
  String.prototype.localeCompare = function (
    that: string,
    locales?: Intl.LocalesArgument,
    options?: Intl.CollatorOptions,
  ) {
    const text = String(this);
    const isForSimulator = locales === undefined && options?.sensitivity === 'accent';
    return isForSimulator && isPlain(text) && isPlain(that)
      ? compareWithoutCase(text, that)
      : localeCompare.call(text, that, locales, options);
  };
  return () => {
    String.prototype.localeCompare = localeCompare;
  };
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
