import type { StackArtifact } from './cloud-assembly.ts';
import type { ReferencedResource } from './inert-resource.ts';
import { describe, isRecord, recordAt } from './json.ts';
import type { FindSsmParameter } from './parameters.ts';
import { parameterValues } from './parameters.ts';
import { stackArn } from './physical-names.ts';
import type { Scope } from './scope.ts';
import { TemplateError } from './template-error.ts';

/** What a stack's scope is made from. */
export interface StackScopeOptions {
  readonly artifact: StackArtifact;
  readonly region: string;
  readonly accountId: string;
  readonly findSsmParameter: FindSsmParameter;
  /** The resources created so far, by logical id. */
  readonly created: ReadonlyMap<string, ReferencedResource>;
  readonly condition: (name: string) => boolean;
  readonly exported: (name: string, region: string) => string;
  readonly stackOutput: Scope['stackOutput'];
}

/** The scope in which a stack's template is resolved; it sees resources as they are created. */
export const createStackScope = (options: StackScopeOptions): Scope => {
  const { artifact, region, accountId, created } = options;
  const { stackName, template } = artifact;
  let parameters: ReadonlyMap<string, unknown> | undefined;
  const find = (logicalId: string): ReferencedResource => {
    const resource = created.get(logicalId);
    if (resource === undefined) throw new TemplateError(whyNotThere(logicalId, template['Resources']));
    return resource;
  };
  return {
    stackName,
    region,
    accountId,
    stackId: stackArn({ accountId, region, stackName }),
    condition: options.condition,
    ref(logicalId) {
      parameters ??= parameterValues(template['Parameters'], region, options.findSsmParameter);
      return parameters.has(logicalId) ? parameters.get(logicalId) : find(logicalId).ref;
    },
    attribute: (logicalId, name) => find(logicalId).attribute(name),
    mapping: (map, topKey, secondKey) => mappingValue(template['Mappings'], [map, topKey, secondKey]),
    exported: (name) => options.exported(name, region),
    stackOutput: options.stackOutput,
  };
};

const whyNotThere = (logicalId: string, resources: unknown): string => {
  const resource = recordAt(resources, 'Resources')[logicalId];
  if (!isRecord(resource)) return `there is no parameter or resource ${logicalId}`;
  return `${logicalId} does not exist here: its condition ${describe(resource['Condition'])} leaves it out`;
};

const mappingValue = (mappings: unknown, keys: readonly string[]): unknown => {
  let value: unknown = mappings;
  for (const key of keys) {
    if (!isRecord(value) || !Object.hasOwn(value, key))
      throw new TemplateError(`there is no mapping ${keys.join('.')}`);
    value = value[key];
  }
  return value;
};
