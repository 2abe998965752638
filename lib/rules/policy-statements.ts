import { ofType, type RuleInput } from './rule.ts';
import { at, type Json, list, record, type TemplateResource } from './templates.ts';

/** A statement of a policy with every field as a list. */
export interface Statement {
  readonly owner: TemplateResource;
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `*`, `aws:arn:…`, `service:s3.amazonaws.com`. */
  readonly principals: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** The statements of a policy document. */
export const statements = (owner: TemplateResource, document: Json | undefined): Statement[] =>
  list(at(document, 'Statement')).map((statement) => ({
    owner,
    sid: String(at(statement, 'Sid') ?? ''),
    effect: at(statement, 'Effect') === 'Deny' ? 'Deny' : 'Allow',
    actions: list(at(statement, 'Action')).map(String),
    resources: list(at(statement, 'Resource')).map(String),
    principals: principals(at(statement, 'Principal')),
    conditions: record(at(statement, 'Condition')) as Statement['conditions'],
  }));

const principals = (principal: Json | undefined): string[] => {
  if (principal === undefined) return [];
  if (typeof principal === 'string') return [principal];
  return Object.entries(record(principal)).flatMap(([kind, names]) =>
    list(names as Json).map((name) =>
      name === '*' ? '*' : `${kind === 'Service' ? 'service' : 'aws'}:${String(name)}`,
    ),
  );
};

/** Where resource policies stand: the type and the property of the document. */
const resourcePolicies: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
};

/** The statements of every policy that hangs on a resource. */
export const resourceStatements = (input: RuleInput, type?: string): Statement[] =>
  input.resources
    .filter((resource) => resource.type in resourcePolicies && (type === undefined || resource.type === type))
    .flatMap((resource) => statements(resource, resource.properties[resourcePolicies[resource.type] ?? '']));

/** The statements of every policy that a role has, boundaries not counted: they grant nothing. */
export const roleStatements = (input: RuleInput): Statement[] => [
  ...ofType(input, 'AWS::IAM::Policy').flatMap((policy) => statements(policy, policy.properties['PolicyDocument'])),
  ...ofType(input, 'AWS::IAM::Role').flatMap((role) =>
    list(role.properties['Policies']).flatMap((policy) => statements(role, at(policy, 'PolicyDocument'))),
  ),
];

/** The roles that a policy is attached to, by the logical ids that generated names begin with. */
export const rolesOf = (statement: Statement): string[] =>
  statement.owner.type === 'AWS::IAM::Role'
    ? [statement.owner.id]
    : list(statement.owner.properties['Roles']).map((role) => String(role).slice(2, -1));

/** True where an action pattern of IAM admits the action. */
export const admits = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(action);
