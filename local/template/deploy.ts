import type { DatabaseSync } from 'node:sqlite';
import type { ResourceProvider } from '../aws/service.ts';
import type { StackArtifact } from './cloud-assembly.ts';
import { readCloudAssembly } from './cloud-assembly.ts';
import { checkRules, createConditions } from './conditions.ts';
import { deployStack, exportsOf } from './deploy-stack.ts';
import type { DeployedApp, DeployedStack } from './deployed-app.ts';
import type { ReferencedResource } from './inert-resource.ts';
import { noLocalEffect } from './no-local-effect.ts';
import type { FindSsmParameter } from './parameters.ts';
import { createResourceHistory } from './resource-history.ts';
import type { Scope } from './scope.ts';
import type { StackPlan } from './stack-plan.ts';
import { planStack } from './stack-plan.ts';
import { createStackScope } from './stack-scope.ts';
import { at, TemplateError } from './template-error.ts';

/** What the interpreter needs to run a synthesized app. */
export interface DeployOptions {
  /** `cdk.out` */
  readonly assemblyDir: string;
  readonly providers: readonly ResourceProvider[];
  readonly accountId: string;
  /** Of stacks that name no region. */
  readonly defaultRegion: string;
  readonly findSsmParameter: FindSsmParameter;
  readonly db: DatabaseSync;
}

interface PlannedStack {
  readonly plan: StackPlan;
  readonly scope: Scope;
  readonly created: Map<string, ReferencedResource>;
}

/**
 * Runs a synthesized app: reads its stacks, creates their resources through the providers in the order of their dependencies,
 * and answers what came into being. A template that the platform cannot run whole is a {@link TemplateError} before anything
 * is created; a resource that its provider refuses is one that names it.
 */
export const deployApp = async (options: DeployOptions): Promise<DeployedApp> => {
  const providers = providersByType(options.providers);
  const deployed: DeployedStack[] = [];
  const exports = new Map<string, string>();
  const planned = readCloudAssembly(options.assemblyDir).map((artifact) =>
    plan(artifact, { options, deployed, exports }),
  );
  requireKnownTypes(planned, providers);
  for (const { plan, scope, created } of planned) {
    at(plan.artifact.stackName, () => checkRules(plan.artifact.template['Rules'], scope));
    const stack = await deployStack({ plan, scope, created, providers });
    deployed.push(stack);
    for (const [name, value] of exportsOf(stack, { plan, scope, created, providers })) {
      exports.set(exportKey(scope.region, name), value);
    }
  }
  return { stacks: deployed, removed: createResourceHistory(options.db).record(deployed, retention(planned)) };
};

/** A stack that comes to an app that runs already. */
export interface AddStackOptions extends Omit<DeployOptions, 'db'> {
  readonly stackName: string;
  /** The stacks that it may refer to. */
  readonly beside: readonly DeployedStack[];
}

/**
 * Creates one stack of an assembly beside the stacks that run. Done again, it updates in place. An assembly without that stack,
 * and one whose stack needs what does not run, is a {@link TemplateError}.
 */
export const addStack = async ({ stackName, beside, ...options }: AddStackOptions): Promise<DeployedStack> => {
  const providers = providersByType(options.providers);
  const artifact = readCloudAssembly(options.assemblyDir).find((stack) => stack.stackName === stackName);
  if (artifact === undefined) throw new TemplateError(`${options.assemblyDir} has no stack ${stackName}`);
  const planned = plan(artifact, { options, deployed: beside, exports: new Map() });
  requireKnownTypes([planned], providers);
  return await deployStack({ ...planned, providers });
};

const providersByType = (providers: readonly ResourceProvider[]): ReadonlyMap<string, ResourceProvider> => {
  const byType = new Map<string, ResourceProvider>();
  for (const provider of providers) {
    if (byType.has(provider.type)) throw new TemplateError(`two providers create ${provider.type}`);
    if (Object.hasOwn(noLocalEffect, provider.type)) {
      throw new TemplateError(`${provider.type} has a provider and must not be in local/template/no-local-effect.ts`);
    }
    byType.set(provider.type, provider);
  }
  return byType;
};

interface PlanContext {
  readonly options: Omit<DeployOptions, 'db'>;
  readonly deployed: readonly DeployedStack[];
  readonly exports: ReadonlyMap<string, string>;
}

const plan = (artifact: StackArtifact, { options, deployed, exports }: PlanContext): PlannedStack => {
  const created = new Map<string, ReferencedResource>();
  const condition = createConditions(artifact.template['Conditions'], () => scope);
  const scope: Scope = createStackScope({
    artifact,
    region: artifact.region ?? options.defaultRegion,
    accountId: options.accountId,
    findSsmParameter: options.findSsmParameter,
    created,
    condition,
    exported: (name, region) => exportedValue(exports, name, region),
    stackOutput: (stackName, region, outputName) => outputValue(deployed, { stackName, region, outputName }),
  });
  return { plan: planStack(artifact, condition), scope, created };
};

const exportKey = (region: string, name: string): string => `${region} ${name}`;

const exportedValue = (exports: ReadonlyMap<string, string>, name: string, region: string): string => {
  const value = exports.get(exportKey(region, name));
  if (value === undefined) throw new TemplateError(`no stack deployed before exports ${name} in ${region}`);
  return value;
};

const outputValue = (
  deployed: readonly DeployedStack[],
  { stackName, region, outputName }: { stackName: string; region: string; outputName: string },
): string => {
  const stack = deployed.find((candidate) => candidate.stackName === stackName && candidate.region === region);
  const value = stack?.outputs.get(outputName);
  if (value !== undefined) return value;
  const reason = stack === undefined ? 'has not been deployed before' : `has no output ${outputName}`;
  throw new TemplateError(`the stack ${stackName} in ${region} ${reason}`);
};

const requireKnownTypes = (stacks: readonly PlannedStack[], providers: ReadonlyMap<string, ResourceProvider>): void => {
  const unknown = stacks.flatMap(({ plan }) =>
    plan.resources
      .filter(({ type }) => !providers.has(type) && !Object.hasOwn(noLocalEffect, type))
      .map(({ logicalId, type }) => `${plan.artifact.stackName}.${logicalId} (${type})`),
  );
  if (unknown.length === 0) return;
  throw new TemplateError(
    `the embedded platform does not know how to create ${unknown.join(', ')}; it needs a resource provider, or an entry ` +
      'in local/template/no-local-effect.ts with the reason why it needs none',
  );
};

const retention =
  (stacks: readonly PlannedStack[]) =>
  (stackName: string, logicalId: string): boolean =>
    stacks.some(
      ({ plan }) =>
        plan.artifact.stackName === stackName &&
        plan.resources.some((resource) => resource.logicalId === logicalId && resource.retained),
    );
