import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { initSync, type PolicyJson, policySetTextToParts, policyToJson } from '@cedar-policy/cedar-wasm/web';

/** Cedar's engine as it lies in its package. */
export const cedarEngine = resolve(
  import.meta.dirname,
  '../node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm',
);

const folder = resolve(import.meta.dirname, '..', 'policies');

/** All policies of the project as they are written. */
export const readPolicies = (): string =>
  globSync('*.cedar', { cwd: folder })
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

/**
 * Puts the policies that speak of one operation beside each other, so that a decision about it looks at no others: a policy
 * whose action differs can neither permit nor forbid. Throws where a policy cannot be read, or speaks of actions in a way
 * that is not known here.
 */
export const slicePolicies = (text: string): { general: string; operations: Record<string, string> } => {
  initSync({ module: readFileSync(cedarEngine) });
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw unreadable(parts.errors);
  if (parts.policy_templates.length > 0) throw new Error('Policies: a template speaks of no operation by itself.');
  const policies = parts.policies.map((policy) => ({ policy, actions: actionsOf(policy) }));
  const about = (operation: string | undefined): string =>
    policies
      .filter(({ actions }) => actions === 'all' || (operation !== undefined && actions.includes(operation)))
      .map(({ policy }) => policy)
      .join('\n');
  const operations = new Set(policies.flatMap(({ actions }) => (actions === 'all' ? [] : actions)));
  return {
    general: about(undefined),
    operations: Object.fromEntries([...operations].sort().map((operation) => [operation, about(operation)])),
  };
};

const actionsOf = (policy: string): readonly string[] | 'all' => {
  const read = policyToJson(policy);
  if (read.type === 'failure') throw unreadable(read.errors);
  const { action } = read.json;
  if (action.op === 'All') return 'all';
  if ('slot' in action) throw new Error('Policies: a slot names no operation.');
  return ('entities' in action ? action.entities : [action.entity]).map(operationOf);
};

type ActionName = Extract<PolicyJson['action'], { entity: unknown }>['entity'];

const operationOf = (name: ActionName): string => {
  const { type, id } = '__entity' in name ? name.__entity : name;
  if (type === 'Mediakeep::Action') return id;
  throw new Error(`Policies: the action ${type}::"${id}" is none of Mediakeep.`);
};

const unreadable = (errors: readonly { readonly message: string }[]): Error =>
  new Error(`The policies cannot be read: ${errors.map(({ message }) => message).join('; ')}`);
