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

/** Asks policies, each compiled once: the document's identity is the key, so a changed policy must be a new object. */
export const createPolicyCache = (): ((
  document: PolicyDocument,
  kind: PolicyKind,
  question: StatementQuestion,
) => PolicyVerdict) => {
  const compiled = {
    identity: new WeakMap<PolicyDocument, readonly CompiledStatement[]>(),
    resource: new WeakMap<PolicyDocument, readonly CompiledStatement[]>(),
  };
  return (document, kind, question) => {
    let statements = compiled[kind].get(document);
    if (statements === undefined) {
      statements = compilePolicy(document, kind);
      compiled[kind].set(document, statements);
    }
    return askStatements(statements, question);
  };
};

const compilePolicy = (document: PolicyDocument, kind: PolicyKind): readonly CompiledStatement[] => {
  const variables = document.Version === '2012-10-17';
  return [document.Statement].flat().map((statement, index) => compileStatement(statement, index, kind, variables));
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
