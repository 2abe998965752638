import type { Caller, PolicyStatement } from '../aws/caller.ts';
import type { Condition } from './condition.ts';
import { compileConditions } from './condition.ts';
import type { PolicyText } from './glob.ts';
import { fillPolicyText, matchesGlob, parseGlob, parsePolicyText } from './glob.ts';
import type { PrincipalMatch } from './principal.ts';
import { compilePrincipal } from './principal.ts';
import type { RequestValues } from './request-values.ts';
import { UnsupportedPolicy } from './unsupported.ts';

/** A resource policy names principals and may leave `Resource` out; an identity policy or boundary is the other way round. */
export type PolicyKind = 'identity' | 'resource';

/** What a statement is asked. */
export interface StatementQuestion {
  readonly caller: Caller;
  readonly resource: string;
  readonly values: RequestValues;
}

/** A statement, ready to be asked. */
export interface CompiledStatement {
  readonly effect: 'Allow' | 'Deny';
  /** `statement "Sid"` or `statement 2`. */
  readonly label: string;
  /** True if the statement speaks about this action, given in lower case: actions are not case-sensitive. */
  readonly speaksAbout: (action: string) => boolean;
  /**
   * How it applies to an action it speaks about, `none` if it does not; throws {@link UnsupportedPolicy} where it applies and
   * is not understood.
   */
  apply(question: StatementQuestion): PrincipalMatch;
}

type Test = (question: StatementQuestion) => boolean;

const elements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Prepares one statement. What it does not understand becomes a refusal of everything that the understood part applies to. */
export const compileStatement = (
  statement: PolicyStatement,
  index: number,
  kind: PolicyKind,
  variables: boolean,
): CompiledStatement => {
  const label = typeof statement?.Sid === 'string' ? `statement "${statement.Sid}"` : `statement ${index + 1}`;
  try {
    requireKnownElements(statement);
    const principal = compilePrincipalElement(statement, kind);
    const speaksAbout = compileActions(statement);
    const resource = compileResources(statement, kind, variables);
    const conditions = deferUnsupported(() => compileConditions(statement.Condition, variables));
    const apply = (question: StatementQuestion): PrincipalMatch => {
      if (!resource(question)) return 'none';
      const match = principal(question.caller);
      return match !== 'none' && conditions().every((holds) => holds(question.values)) ? match : 'none';
    };
    return { effect: statement.Effect, label, speaksAbout, apply };
  } catch (error) {
    if (!(error instanceof UnsupportedPolicy)) throw error;
    return { effect: 'Deny', label, speaksAbout: () => true, apply: refuse(error) };
  }
};

const refuse = (error: UnsupportedPolicy) => (): never => {
  throw error;
};

/** Conditions that are not understood matter only where the rest of the statement applies. */
const deferUnsupported = (compile: () => readonly Condition[]): (() => readonly Condition[]) => {
  try {
    const conditions = compile();
    return () => conditions;
  } catch (error) {
    if (!(error instanceof UnsupportedPolicy)) throw error;
    return refuse(error);
  }
};

const requireKnownElements = (statement: PolicyStatement): void => {
  if (statement === null || typeof statement !== 'object') throw new UnsupportedPolicy('no elements');
  for (const name of Object.keys(statement)) {
    if (!elements.has(name)) throw new UnsupportedPolicy(`the element ${name}`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new UnsupportedPolicy(`the Effect ${JSON.stringify(statement.Effect)}`);
  }
};

const compilePrincipalElement = (
  statement: PolicyStatement,
  kind: PolicyKind,
): ((caller: Caller) => PrincipalMatch) => {
  const { Principal, NotPrincipal } = statement;
  if (kind === 'identity') {
    if (Principal !== undefined || NotPrincipal !== undefined) {
      throw new UnsupportedPolicy('a principal, which only a resource-based policy may name,');
    }
    return () => 'direct';
  }
  if ((Principal === undefined) === (NotPrincipal === undefined)) {
    throw new UnsupportedPolicy('not exactly one of Principal and NotPrincipal');
  }
  if (NotPrincipal === undefined) return compilePrincipal(Principal).match;
  if (statement.Effect === 'Allow') throw new UnsupportedPolicy('NotPrincipal with Allow');
  const spared = compilePrincipal(NotPrincipal);
  // AWS documents that such a Deny hits everybody who has a permissions boundary, whoever is named.
  return (caller) => (caller.permissionsBoundary === undefined && spared.namesFully(caller) ? 'none' : 'direct');
};

const compileActions = (statement: PolicyStatement): ((action: string) => boolean) => {
  const { values, negated } = oneOf(statement, 'Action', 'NotAction') ?? missing('Action');
  const globs = values.map((value) => {
    if (value !== '*' && !/^[a-z0-9-]+:[\w*?]+$/i.test(value)) throw new UnsupportedPolicy(`the action \`${value}\``);
    return parseGlob(value.toLowerCase());
  });
  // Few actions are asked for, each of them very often.
  const answers = new Map<string, boolean>();
  return (action) => {
    const known = answers.get(action);
    if (known !== undefined) return known;
    const answer = globs.some((glob) => matchesGlob(glob, action)) !== negated;
    answers.set(action, answer);
    return answer;
  };
};

const compileResources = (statement: PolicyStatement, kind: PolicyKind, variables: boolean): Test => {
  const element = oneOf(statement, 'Resource', 'NotResource');
  if (element === undefined) return kind === 'resource' ? () => true : missing('Resource');
  const texts = element.values.map((value) => parseResource(value, variables));
  return ({ resource, values }) => texts.some((text) => matchesResource(text, resource, values)) !== element.negated;
};

/** An ARN with fewer than six parts stands for all that begins with those: AWS fills it up with wildcards. */
const parseResource = (value: string, variables: boolean): PolicyText => {
  if (value !== '*' && !value.startsWith('arn:')) throw new UnsupportedPolicy(`the resource \`${value}\``);
  const missingParts = value === '*' ? 0 : 6 - value.replace(/\$\{[^}]*\}/g, '').split(':').length;
  const whole = missingParts > 0 && !value.endsWith('*') ? `${value}${':*'.repeat(missingParts)}` : value;
  return parsePolicyText(whole, { wildcards: true, variables });
};

/** A variable without a value matches no resource. */
const matchesResource = (text: PolicyText, resource: string, values: RequestValues): boolean => {
  const glob = fillPolicyText(text, values);
  return glob !== undefined && matchesGlob(glob, resource);
};

const oneOf = (
  statement: PolicyStatement,
  name: 'Action' | 'Resource',
  notName: 'NotAction' | 'NotResource',
): { values: readonly string[]; negated: boolean } | undefined => {
  const value: unknown = statement[name];
  const notValue: unknown = statement[notName];
  if (value !== undefined && notValue !== undefined) throw new UnsupportedPolicy(`both ${name} and ${notName}`);
  if (value === undefined && notValue === undefined) return undefined;
  const negated = value === undefined;
  const list: unknown[] = [negated ? notValue : value].flat();
  const texts = list.filter((item) => typeof item === 'string');
  if (texts.length !== list.length) throw new UnsupportedPolicy(`${negated ? notName : name} that is not text`);
  return { values: texts, negated };
};

const missing = (name: string): never => {
  throw new UnsupportedPolicy(`no ${name}`);
};
