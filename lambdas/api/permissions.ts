import { readFileSync } from 'node:fs';
import { initSync, preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/web';
import {
  actionName,
  memberEntity,
  type PolicyContext,
  type Subject,
  type Target,
  targetEntity,
} from '../../core/authorization/entities.ts';
import { readPolicySlices, slice } from '../../core/authorization/policy-slices.ts';
import type { GuardedOperation } from '../../core/authorization/targets.ts';

/** Decides by the policies; whatever they do not permit is denied. */
export type Permits = (
  subject: Subject,
  operation: GuardedOperation,
  target: Target,
  context?: PolicyContext,
) => boolean;

/** Where the engine and the policies lie; the build puts them beside the bundle. */
export interface PolicyFiles {
  readonly engine: URL;
  /** The policies by operation, as JSON. */
  readonly policies: URL;
}

/**
 * Loads Cedar. The policies about an operation are parsed once, when it is first asked for, and every decision about it looks
 * at these alone. A policy that cannot be read or evaluated is an error, never a permission.
 */
export const loadPermissions = (files: PolicyFiles): Permits => {
  initSync({ module: readFileSync(files.engine) });
  const slices = readPolicySlices(readFileSync(files.policies, 'utf8'));
  const parsed = new Set<string>();
  const policySetOf = (operation: string): string => {
    if (parsed.has(operation)) return operation;
    const answer = preparsePolicySet(operation, { staticPolicies: slice(slices, operation) });
    if (answer.type === 'failure') throw cedarError(`the policies about ${operation} cannot be read`, answer.errors);
    parsed.add(operation);
    return operation;
  };
  return remember((subject, operation, target, context) =>
    decide(policySetOf(operation), { subject, operation, target, context }),
  );
};

const mostRemembered = 10_000;

/** A decision follows from its question alone, for the policies never change while a function lives. */
const remember = (permits: Permits): Permits => {
  const known = new Map<string, boolean>();
  return ({ principal, tenant, roles, devices }, operation, target, context = {}) => {
    const question = JSON.stringify([principal, tenant, roles, devices, operation, target, context]);
    const answer = known.get(question) ?? permits({ principal, tenant, roles, devices }, operation, target, context);
    if (known.size >= mostRemembered) known.clear();
    known.set(question, answer);
    return answer;
  };
};

interface Question {
  readonly subject: Subject;
  readonly operation: GuardedOperation;
  readonly target: Target;
  readonly context: PolicyContext | undefined;
}

const decide = (policySet: string, { subject, operation, target, context = {} }: Question): boolean => {
  const principal = memberEntity(subject, context);
  const resource = targetEntity(target);
  const answer = statefulIsAuthorized({
    principal: principal.uid,
    action: actionName(operation),
    resource: resource.uid,
    context: { ...context },
    preparsedPolicySetId: policySet,
    entities: [principal, resource],
  });
  if (answer.type === 'failure') throw cedarError(`${operation} cannot be decided`, answer.errors);
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    throw cedarError(
      `${operation} cannot be decided`,
      diagnostics.errors.map(({ error }) => error),
    );
  }
  return decision === 'allow';
};

const cedarError = (what: string, errors: readonly { readonly message: string }[]): Error =>
  new Error(`Cedar: ${what}: ${errors.map(({ message }) => message).join('; ')}`);
