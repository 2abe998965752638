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
  readonly policies: readonly URL[];
}

const setId = 'mediakeep';

/**
 * Loads Cedar and parses the policies once; each decision then costs a fraction of a millisecond. A policy that cannot be
 * read or evaluated is an error, never a permission.
 */
export const loadPermissions = (files: PolicyFiles): Permits => {
  initSync({ module: readFileSync(files.engine) });
  const parsed = preparsePolicySet(setId, {
    staticPolicies: files.policies.map((file) => readFileSync(file, 'utf8')).join('\n'),
  });
  if (parsed.type === 'failure') throw cedarError('the policies cannot be read', parsed.errors);
  return remember(decide);
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

const decide: Permits = (subject, operation, target, context = {}) => {
  const principal = memberEntity(subject, context);
  const resource = targetEntity(target);
  const answer = statefulIsAuthorized({
    principal: principal.uid,
    action: actionName(operation),
    resource: resource.uid,
    context: { ...context },
    preparsedPolicySetId: setId,
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
