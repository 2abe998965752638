import type { PolicyDocument } from '../aws/caller.ts';
import type { PrincipalMatch } from './principal.ts';
import type { CompiledStatement, PolicyKind, StatementQuestion } from './statement.ts';
import { compileStatement } from './statement.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/** What one policy says to a question; a label names the statement that says it. */
export interface PolicyVerdict {
  readonly allow: PrincipalMatch;
  readonly deniedBy: string | undefined;
  /** What of the policy is not understood, with its statement. */
  readonly unsupported: string | undefined;
}

const strength: Record<PrincipalMatch, number> = { none: 0, account: 1, role: 2, direct: 3 };

/** Asks a policy about an action, given in lower case. */
export type AskPolicy = (
  document: PolicyDocument,
  kind: PolicyKind,
  action: string,
  question: StatementQuestion,
) => PolicyVerdict;

interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  /** The statements that speak about an action; the services ask about a few hundred actions at most. */
  readonly byAction: Map<string, readonly CompiledStatement[]>;
}

/** Asks policies, each compiled once: the document's identity is the key, so a changed policy must be a new object. */
export const createPolicyCache = (): AskPolicy => {
  const compiled = {
    identity: new WeakMap<PolicyDocument, CompiledPolicy>(),
    resource: new WeakMap<PolicyDocument, CompiledPolicy>(),
  };
  return (document, kind, action, question) => {
    let policy = compiled[kind].get(document);
    if (policy === undefined) {
      policy = { statements: compileStatements(document, kind), byAction: new Map() };
      compiled[kind].set(document, policy);
    }
    return askStatements(statementsAbout(policy, action), question);
  };
};

const compileStatements = (document: PolicyDocument, kind: PolicyKind): readonly CompiledStatement[] => {
  const variables = document.Version === '2012-10-17';
  return [document.Statement].flat().map((statement, index) => compileStatement(statement, index, kind, variables));
};

const statementsAbout = ({ statements, byAction }: CompiledPolicy, action: string): readonly CompiledStatement[] => {
  const known = byAction.get(action);
  if (known !== undefined) return known;
  const found = statements.filter(({ speaksAbout }) => speaksAbout(action));
  byAction.set(action, found);
  return found;
};

const askStatements = (statements: readonly CompiledStatement[], question: StatementQuestion): PolicyVerdict => {
  let allow: PrincipalMatch = 'none';
  let deniedBy: string | undefined;
  let unsupported: string | undefined;
  for (const statement of statements) {
    try {
      const match = statement.apply(question);
      if (match === 'none') continue;
      if (statement.effect === 'Deny') deniedBy ??= statement.label;
      else if (strength[match] > strength[allow]) allow = match;
    } catch (error) {
      if (!(error instanceof UnsupportedPolicy)) throw error;
      unsupported ??= `${statement.label} has ${error.message}`;
    }
  }
  return { allow, deniedBy, unsupported };
};
