import type { AuthorizationRequest, PolicyDocument, PolicyStatement } from '../../local/aws/caller.ts';
import { decideBySimulator } from './simulator.ts';

type Answer = Awaited<ReturnType<typeof decideBySimulator>>;

/**
 * The simulator, asked once for all roles that are as one to a question: none of their own statements is about the action on
 * the resource, they have one boundary, and the policy of the resource names no role. Most roles are, to most resources.
 */
export const createPeer = (): ((request: AuthorizationRequest) => Promise<Answer>) => {
  const answers = new Map<string, Promise<Answer>>();
  const boundaries: (PolicyDocument | undefined)[] = [];
  return (request) => {
    if (!isAsAnyRole(request)) return decideBySimulator(request);
    const { caller, action, resource } = request;
    if (!boundaries.includes(caller.permissionsBoundary)) boundaries.push(caller.permissionsBoundary);
    const boundary = boundaries.indexOf(caller.permissionsBoundary);
    const question = JSON.stringify([action, resource, boundary, { ...request.context, 'aws:PrincipalArn': '' }]);
    const answer = answers.get(question) ?? decideBySimulator(request);
    answers.set(question, answer);
    return answer;
  };
};

const isAsAnyRole = ({ caller, action, resource, resourcePolicy }: AuthorizationRequest): boolean =>
  caller.kind === 'role' &&
  !/:(assumed-)?role\/|aws:PrincipalArn|aws:user/i.test(JSON.stringify(resourcePolicy ?? {})) &&
  !caller.identityPolicies
    .flatMap(({ Statement }) => Statement)
    .some((statement) => isAbout(statement, action, resource));

const isAbout = (statement: PolicyStatement, action: string, resource: string): boolean =>
  (statement.NotAction !== undefined || some(statement.Action, action)) &&
  (statement.NotResource !== undefined || some(statement.Resource, resource));

const some = (patterns: string | readonly string[] | undefined, text: string): boolean =>
  [patterns ?? []].flat().some((pattern) => compiled(pattern).test(text));

const expressions = new Map<string, RegExp>();

/** A pattern of IAM; what a variable stands for may be anything. */
const compiled = (pattern: string): RegExp => {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const escaped = pattern.replace(/\$\{[^}]*\}/g, '*').replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'is');
  expressions.set(pattern, expression);
  return expression;
};
