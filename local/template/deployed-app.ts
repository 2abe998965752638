import type { CreatedResource } from '../aws/service.ts';

/** A resource of the running app. */
export interface DeployedResource extends CreatedResource {
  readonly logicalId: string;
  readonly type: string;
}

/** A stack of the running app. */
export interface DeployedStack {
  readonly stackName: string;
  readonly region: string;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, DeployedResource>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Logical ids by construct path. */
  readonly logicalIds: ReadonlyMap<string, string>;
}

/** A resource that an earlier run created and the template no longer has. */
export interface RemovedResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly ref: string;
  /** The template told to keep it on removal, so its data stays and it is reported again at the next start. */
  readonly retained: boolean;
}

/** The synthesized app as it runs on the platform. */
export interface DeployedApp {
  /** In the order of their deployment. */
  readonly stacks: readonly DeployedStack[];
  readonly removed: readonly RemovedResource[];
}

/**
 * Finds a resource by its construct path, `mediakeep-data/Vault`; the construct itself or the resource it wraps
 * (`…/Resource`, `…/Default`).
 */
export const findResource = (app: DeployedApp, constructPath: string): DeployedResource | undefined => {
  const path = constructPath.startsWith('/') ? constructPath : `/${constructPath}`;
  for (const { resources, logicalIds } of app.stacks) {
    for (const candidate of [path, `${path}/Resource`, `${path}/Default`, `${path}/Default/Resource`]) {
      const resource = resources.get(logicalIds.get(candidate) ?? '');
      if (resource !== undefined) return resource;
    }
  }
  return undefined;
};

/** All resources of a type, with the stack they are in. */
export const resourcesOfType = (
  app: DeployedApp,
  type: string,
): readonly { readonly stack: DeployedStack; readonly resource: DeployedResource }[] =>
  app.stacks.flatMap((stack) =>
    [...stack.resources.values()].filter((resource) => resource.type === type).map((resource) => ({ stack, resource })),
  );

/** The value of a stack's output. */
export const findOutput = (app: DeployedApp, stackName: string, outputName: string): string | undefined =>
  app.stacks.find((stack) => stack.stackName === stackName)?.outputs.get(outputName);
