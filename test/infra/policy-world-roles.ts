import { admits } from '../../lib/rules/policy-statements.ts';
import { at, type Json, list, record, type TemplateResource } from '../../lib/rules/templates.ts';
import { backupManagedPolicies } from '../../local/sts/backup-managed-policies.ts';
import {
  type Asked,
  arnOf,
  concreteOf,
  type Decision,
  type Identity,
  prepared,
  resourcePolicyOf,
  resources,
  simulate,
} from './policy-world.ts';

/** Every role of the four stacks, by what it is called here. */
export const roles = {
  Api: 'mediakeep-service/ApiRole',
  Archive: 'mediakeep-service/ArchiveRole',
  Backup: 'mediakeep-data/BackupRolesBackup',
  BackupRestore: 'mediakeep-data/BackupRolesRestore',
  BatchReplication: 'mediakeep-data/BatchReplication',
  Catalog: 'mediakeep-service/CatalogRole',
  Checksums: 'mediakeep-service/ReconcileChecksums',
  Gauges: 'mediakeep-service/GaugesRole',
  Guard: 'mediakeep-service/GuardRole',
  Hold: 'mediakeep-service/HoldRole',
  Intake: 'mediakeep-service/IntakeRole',
  Project: 'mediakeep-service/ProjectRole',
  ProofAge: 'mediakeep-service/ProofAgeRole',
  Reader: 'mediakeep-standby/Reader',
  Rebuild: 'mediakeep-standby/RebuildRole',
  Reconcile: 'mediakeep-service/ReconcileRole',
  Recover: 'mediakeep-service/RecoverRole',
  Replication: 'mediakeep-data/Replication',
  Restore: 'mediakeep-service/RestoreRole',
  Schedules: 'mediakeep-service/SchedulesRole',
  StandbyApi: 'mediakeep-standby/ApiRole',
  Start: 'mediakeep-service/StartRole',
  Sweep: 'mediakeep-service/SweepRole',
  Undelete: 'mediakeep-service/UndeleteRole',
  ValidateRestore: 'mediakeep-service/ValidateRestoreRole',
} as const;

export type RoleName = keyof typeof roles;

export const roleNames = Object.keys(roles).filter((name): name is RoleName => name in roles);

/** The roles of the templates by their ids without the hash that CDK ends them with. */
const templateRoles: ReadonlyMap<string, TemplateResource> = new Map(
  resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((role): [string, TemplateResource] => [role.id.replace(/[0-9A-F]{8}$/, ''), role]),
);

/** Roles of the templates of which nobody has thought here. */
export const unknownRoles = (): string[] => {
  const known = new Set<string>(Object.values(roles));
  return [...templateRoles.keys()].filter((id) => !known.has(id));
};

const awsPolicy = /:iam::aws:policy\/(.+)$/;

/** AWS's own policies, of which the templates hold but the names. */
const awsPoliciesOf = (role: TemplateResource): Identity['policies'] =>
  list(role.properties['ManagedPolicyArns']).map((arn) => {
    const name = awsPolicy.exec(String(arn))?.[1] ?? '';
    const policy = backupManagedPolicies[name];
    if (policy === undefined) throw new Error(`what ${String(arn)} allows is not known`);
    return { name: String(arn), policy: JSON.parse(JSON.stringify(policy)) };
  });

const readIdentity = (name: RoleName): Identity => {
  const role = templateRoles.get(roles[name]);
  if (role === undefined) throw new Error(`no role ${roles[name]}`);
  const attached = resources.filter(
    ({ type, properties }) => type === 'AWS::IAM::Policy' && list(properties['Roles']).includes(`\${${role.id}}`),
  );
  const inline = list(role.properties['Policies']).length === 0 ? [] : list(concreteOf(role, 'Policies'));
  const boundary = resources.find(({ id }) => role.properties['PermissionsBoundary'] === `\${${id}}`);
  if (boundary === undefined) throw new Error(`no boundary for ${role.id}`);
  return {
    principal: arnOf(role),
    policies: [
      ...attached.map((policy) => ({ name: policy.logicalId, policy: concreteOf(policy, 'PolicyDocument') })),
      ...inline.map((policy, index) => ({ name: `inline ${index}`, policy: at(policy, 'PolicyDocument') ?? null })),
      ...awsPoliciesOf(role),
    ],
    boundary: { name: 'boundary', policy: concreteOf(boundary, 'PolicyDocument') },
  };
};

const identities = new Map<RoleName, Identity>();

const identityOf = (name: RoleName): Identity => {
  const identity = identities.get(name) ?? prepared(readIdentity(name));
  identities.set(name, identity);
  return identity;
};

const isRole = (who: string): who is RoleName => who in roles;

/** One question to the policies, in which roles have their names. */
export interface Question extends Omit<Asked, 'who'> {
  readonly who: RoleName | Exclude<Asked['who'], Identity>;
}

/** How the synthesized policies decide. */
export const decide = ({ who, ...question }: Question): Promise<Decision> =>
  simulate({ ...question, who: isRole(who) ? identityOf(who) : who });

/** Whether any statement allows the action at all, whatever its resource and conditions: without one there is nothing to ask. */
export const mayBeGranted = (name: RoleName, { action, resource }: Pick<Question, 'action' | 'resource'>): boolean =>
  [...identityOf(name).policies.map(({ policy }) => policy), resourcePolicyOf(resource)]
    .flatMap((document) => list(at(document, 'Statement')))
    .some(
      (statement) =>
        at(statement, 'Effect') === 'Allow' &&
        (at(statement, 'NotAction') !== undefined ||
          list(at(statement, 'Action')).some((pattern) => admits(String(pattern), action))),
    );

/** What the policies of a role allow, a line for each action and resource, for the reviewed files. */
export const allowedTo = (name: RoleName): string[] =>
  readIdentity(name)
    .policies.flatMap(({ name: policy, policy: document }) =>
      awsPolicy.test(policy) ? [`everything of ${policy}`] : linesOf(document),
    )
    .sort();

const linesOf = (document: Json): string[] =>
  list(record(document)['Statement'] as Json).flatMap((statement) => {
    const { Action, Resource, Condition } = record(statement);
    const condition = conditionText(Condition as Json | undefined);
    return list(Action as Json).flatMap((action) =>
      list(Resource as Json).map((resource) => `${String(action)} ${String(resource)}${condition}`),
    );
  });

/** ` if StringEquals kms:ViaService = s3.ap-south-1.amazonaws.com; …`. */
const conditionText = (condition: Json | undefined): string => {
  const parts = Object.entries(record(condition)).flatMap(([operator, keys]) =>
    Object.entries(record(keys)).map(
      ([key, values]) =>
        `${operator} ${key} = ${list(values as Json)
          .map(String)
          .join(', ')}`,
    ),
  );
  return parts.length === 0 ? '' : ` if ${parts.join('; ')}`;
};
