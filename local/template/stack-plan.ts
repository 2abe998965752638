import type { StackArtifact } from './cloud-assembly.ts';
import type { JsonRecord } from './json.ts';
import { isRecord, recordAt, textAt } from './json.ts';
import { dependencyOrder } from './order.ts';
import { referencesIn } from './references.ts';
import { at, TemplateError } from './template-error.ts';

/** A resource as the template has it. */
export interface PlannedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonRecord;
  /** Told to be kept when the template no longer has it. */
  readonly retained: boolean;
}

/** A stack's resources that its conditions leave in, in the order of their creation. */
export interface StackPlan {
  readonly artifact: StackArtifact;
  readonly resources: readonly PlannedResource[];
  readonly condition: (name: string) => boolean;
}

/** Plans a stack without creating anything. */
export const planStack = (artifact: StackArtifact, condition: (name: string) => boolean): StackPlan =>
  at(artifact.stackName, () => {
    const { template } = artifact;
    if (template['Transform'] !== undefined) throw new TemplateError('Transform is not supported');
    const section = recordAt(template['Resources'], 'Resources');
    const ids = Object.keys(section).filter((id) => isIncluded(recordAt(section[id], id), condition));
    const order = dependencyOrder(ids, (id) => dependenciesOf(id, section, ids, condition), 'the resources');
    return { artifact, condition, resources: order.map((id) => plannedResource(id, recordAt(section[id], id))) };
  });

const isIncluded = (resource: JsonRecord, condition: (name: string) => boolean): boolean =>
  resource['Condition'] === undefined || condition(textAt(resource['Condition'], 'Condition'));

const plannedResource = (logicalId: string, resource: JsonRecord): PlannedResource => ({
  logicalId,
  type: textAt(resource['Type'], `${logicalId}.Type`),
  properties: recordAt(resource['Properties'], `${logicalId}.Properties`),
  retained: resource['DeletionPolicy'] !== undefined && resource['DeletionPolicy'] !== 'Delete',
});

/** What the resource names by `DependsOn` and by reference; names of parameters are not among the given ids. */
const dependenciesOf = (
  id: string,
  section: JsonRecord,
  ids: readonly string[],
  condition: (name: string) => boolean,
): string[] => {
  const resource = recordAt(section[id], id);
  const explicit = [resource['DependsOn'] ?? []].flat().map((name) => textAt(name, `${id}.DependsOn`));
  const unknown = explicit.find((name) => !isRecord(section[name]));
  if (unknown !== undefined) throw new TemplateError(`${id} depends on ${unknown}, which the template does not have`);
  const implicit = referencesIn(resource['Properties'], condition, `${id}.Properties`);
  return [...explicit, ...implicit].filter((name) => ids.includes(name));
};
