import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import { assetName } from './assets.ts';
import type { DeployedResource, DeployedStack } from './deployed-app.ts';
import type { ReferencedResource } from './inert-resource.ts';
import { inertResource } from './inert-resource.ts';
import { resolve } from './intrinsics.ts';
import type { JsonRecord } from './json.ts';
import { isRecord, recordAt, textAt } from './json.ts';
import { generatedName } from './physical-names.ts';
import { noValue, type Scope } from './scope.ts';
import type { PlannedResource, StackPlan } from './stack-plan.ts';
import { at, atPlace, TemplateError } from './template-error.ts';

/** Creates the resources of one stack. */
export interface DeployStackOptions {
  readonly plan: StackPlan;
  readonly scope: Scope;
  /** By type. */
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  /** Filled as resources come into being; the scope reads it. */
  readonly created: Map<string, ReferencedResource>;
}

/** Properties that name an asset by bucket and key; the provider gets the file's place as `localPath` beside them. */
const assetProperties: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Code',
  'AWS::Lambda::LayerVersion': 'Content',
};

/** Creates a stack's resources in order and resolves its outputs. */
export const deployStack = async (options: DeployStackOptions): Promise<DeployedStack> => {
  const { plan, scope, created } = options;
  const { stackName, logicalIds, template } = plan.artifact;
  const resources = new Map<string, DeployedResource>();
  for (const planned of plan.resources) {
    const { logicalId, type } = planned;
    try {
      const { referenced, deployed } = await createResource(planned, options);
      created.set(logicalId, referenced);
      resources.set(logicalId, { logicalId, type, ...deployed });
    } catch (error) {
      throw atPlace(`${stackName}.${logicalId} (${type})`, error);
    }
  }
  return { stackName, region: scope.region, resources, logicalIds, outputs: outputsOf(template, options) };
};

const createResource = async (
  planned: PlannedResource,
  options: DeployStackOptions,
): Promise<{ referenced: ReferencedResource; deployed: Pick<DeployedResource, 'ref' | 'attributes'> }> => {
  const resource = templateResource(planned, options);
  const provider = options.providers.get(planned.type);
  if (provider === undefined) {
    const referenced = inertResource(resource);
    return { referenced, deployed: { ref: referenced.ref, attributes: {} } };
  }
  const deployed = await provider.create(resource);
  const attribute = (name: string) => attributeOf(deployed.attributes, name, planned);
  return { referenced: { ref: deployed.ref, attribute }, deployed };
};

const templateResource = (planned: PlannedResource, { plan, scope }: DeployStackOptions): TemplateResource => {
  const { logicalId, type } = planned;
  const { stackName, region, accountId } = scope;
  const properties = recordAt(resolve(planned.properties, scope, 'Properties'), 'Properties');
  return {
    logicalId,
    type,
    stackName,
    region,
    accountId,
    properties: withLocalPath(type, properties, plan, scope),
    generatedName: generatedName({ accountId, region, stackName, logicalId }),
  };
};

const withLocalPath = (type: string, properties: JsonRecord, plan: StackPlan, scope: Scope): JsonRecord => {
  const property = assetProperties[type];
  const location = property === undefined ? undefined : properties[property];
  if (property === undefined || !isRecord(location) || location['S3Bucket'] === undefined) return properties;
  const wanted = assetName(textAt(location['S3Bucket'], property), textAt(location['S3Key'], property));
  for (const [name, localPath] of plan.artifact.assets) {
    if (resolve({ 'Fn::Sub': name }, scope, 'asset manifest') === wanted)
      return { ...properties, [property]: { ...location, localPath } };
  }
  throw new TemplateError(
    `${property} names the asset ${wanted}, which is not in the asset manifest; build the app again`,
  );
};

const attributeOf = (attributes: DeployedResource['attributes'], name: string, resource: PlannedResource): string => {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (value !== undefined) return value;
  const known = Object.keys(attributes).join(', ') || 'none';
  throw new TemplateError(`${resource.logicalId} (${resource.type}) has no attribute ${name} here; it has ${known}`);
};

const outputsOf = (template: JsonRecord, { plan, scope }: DeployStackOptions): ReadonlyMap<string, string> => {
  const outputs = new Map<string, string>();
  for (const [name, value] of Object.entries(recordAt(template['Outputs'], 'Outputs'))) {
    const place = `${scope.stackName}.Outputs.${name}`;
    at(place, () => {
      const output = recordAt(value, 'the output');
      if (output['Condition'] !== undefined && !plan.condition(textAt(output['Condition'], 'Condition'))) return;
      const resolved = resolve(output['Value'], scope, 'Value');
      if (resolved !== noValue) outputs.set(name, textAt(resolved, 'Value'));
    });
  }
  return outputs;
};

/** The names under which a stack exports outputs to `Fn::ImportValue`, with their values. */
export const exportsOf = (stack: DeployedStack, { plan, scope }: DeployStackOptions): ReadonlyMap<string, string> => {
  const exports = new Map<string, string>();
  for (const [name, value] of stack.outputs) {
    const output = recordAt(recordAt(plan.artifact.template['Outputs'], 'Outputs')[name], name);
    if (output['Export'] === undefined) continue;
    const place = `${stack.stackName}.Outputs.${name}.Export`;
    exports.set(textAt(resolve(recordAt(output['Export'], place)['Name'], scope, place), place), value);
  }
  return exports;
};
