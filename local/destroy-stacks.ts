import type { DatabaseSync } from 'node:sqlite';
import type { Services } from './services.ts';
import type { DeployedStack } from './template/deployed-app.ts';
import { createResourceHistory } from './template/resource-history.ts';
import { TemplateError } from './template/template-error.ts';

/** A stack that runs, and which of its resources stay when it is deleted. */
export interface StackView {
  readonly stackName: string;
  readonly region: string;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly name: string;
    readonly retained: boolean;
  }[];
}

/** The deletion of the app's stacks. */
export interface Destruction {
  view(): readonly StackView[];
  /** Deletes all stacks; throws a TemplateError, before anything is deleted, where a stack would take data with it. */
  run(): Promise<void>;
}

export interface DestructionDeps {
  readonly services: Pick<Services, 'httpApi' | 'lambda' | 'events'>;
  readonly db: DatabaseSync;
  readonly stacks: () => readonly DeployedStack[];
}

const dataTypes: readonly string[] = ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];

/**
 * Deletes stacks as far as the platform needs it: what works stops working, and is made anew from the template by the next
 * start; what holds data stays with all that is in it, and the next start adopts it by its name.
 */
export const createDestruction = ({ services, db, stacks }: DestructionDeps): Destruction => {
  let isDestroyed = false;
  const view = (): readonly StackView[] => {
    if (isDestroyed) return [];
    const known = createResourceHistory(db).all();
    const isRetained = (stackName: string, logicalId: string): boolean =>
      known.some((one) => one.stackName === stackName && one.logicalId === logicalId && one.retained);
    return stacks().map(({ stackName, region, resources }) => ({
      stackName,
      region,
      resources: [...resources.values()].map(({ logicalId, type, ref }) => ({
        logicalId,
        type,
        name: ref,
        retained: isRetained(stackName, logicalId),
      })),
    }));
  };
  return {
    view,
    async run() {
      refuseLoss(view());
      isDestroyed = true;
      services.events.scheduler.stop();
      await services.httpApi.stop();
      await services.lambda.drain();
      const history = createResourceHistory(db);
      for (const { stackName } of stacks()) history.forgetStack(stackName);
    },
  };
};

const refuseLoss = (views: readonly StackView[]): void => {
  const lost = views
    .filter(({ stackName }) => !stackName.endsWith('-standby'))
    .flatMap(({ resources }) => resources)
    .filter(({ type, retained }) => dataTypes.includes(type) && !retained);
  if (lost.length === 0) return;
  throw new TemplateError(
    `deleting the stacks would delete ${lost.map(({ name }) => name).join(', ')}; deploy with \`retainData\`, or forget everything with \`mediakeep local reset\``,
  );
};
