import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Services } from './services.ts';
import { readSetting, writeSetting } from './store.ts';
import { addStack, type DeployOptions } from './template/deploy.ts';
import type { DeployedStack } from './template/deployed-app.ts';

const Wanted = z.strictObject({ stackName: z.string(), assemblyDir: z.string() });
const StackChange = z.union([Wanted, z.strictObject({ remove: z.string() })]);

/** Stacks that came to the app while it ran: that of a failover. */
export interface AddedStacks {
  /** Those that run. */
  all(): readonly DeployedStack[];
  /** Deploys a stack of an assembly or removes one; throws a ZodError or TemplateError for what cannot be. */
  change(change: unknown): Promise<void>;
  /** Deploys again what ran before a restart; an assembly that is gone by then is logged and forgotten. */
  resume(): Promise<void>;
}

export interface AddedStacksDeps extends Omit<DeployOptions, 'assemblyDir' | 'db'> {
  readonly services: Services;
  readonly db: DatabaseSync;
  readonly log: (line: string) => void;
  /** The stacks of the app itself. */
  readonly app: () => readonly DeployedStack[];
}

const setting = 'added-stacks';

/**
 * Keeps the stacks that are deployed beside the app. One that is removed answers nothing any more, and its tables and functions
 * stay idle until the next start, which does not make them again.
 */
export const createAddedStacks = ({ services, db, log, app, ...options }: AddedStacksDeps): AddedStacks => {
  const running = new Map<string, DeployedStack>();
  const wanted = new Map<string, z.infer<typeof Wanted>>();
  const save = (): void => writeSetting(db, setting, JSON.stringify([...wanted.values()]));
  const deploy = async (stack: z.infer<typeof Wanted>): Promise<void> => {
    running.set(stack.stackName, await addStack({ ...options, ...stack, beside: app() }));
    wanted.set(stack.stackName, stack);
    save();
  };
  const remove = async (stackName: string): Promise<void> => {
    const stack = running.get(stackName);
    running.delete(stackName);
    wanted.delete(stackName);
    save();
    for (const { type, ref } of stack?.resources.values() ?? [])
      if (type === 'AWS::ApiGatewayV2::Api') await services.httpApi.close(ref);
  };
  return {
    all: () => [...running.values()],
    change: async (asked) => {
      const change = StackChange.parse(asked);
      await ('remove' in change ? remove(change.remove) : deploy(change));
    },
    async resume() {
      for (const stack of z.array(Wanted).parse(JSON.parse(readSetting(db, setting) ?? '[]'))) {
        try {
          await deploy(stack);
        } catch (error) {
          log(`the stack ${stack.stackName} is not there any more: ${String(error)}`);
        }
      }
    },
  };
};
