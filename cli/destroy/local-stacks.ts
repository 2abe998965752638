import * as z from 'zod';
import type { StackResource } from '../../core/destroy/plan.ts';
import { control, requireRunning } from '../local/control-client.ts';

const Stacks = z.array(
  z.object({
    stackName: z.string(),
    region: z.string(),
    resources: z.array(z.object({ type: z.string(), name: z.string(), retained: z.boolean() })),
  }),
);

/** All resources of the platform's stacks. */
export const localResources = async (stateDir: string): Promise<readonly StackResource[]> =>
  Stacks.parse(await control(requireRunning(stateDir), 'GET', 'stacks')).flatMap(({ stackName, region, resources }) =>
    resources.map((resource) => ({ ...resource, stackName, region })),
  );

/** Deletes the platform's stacks. */
export const deleteLocalStacks = async (stateDir: string): Promise<void> => {
  await control(requireRunning(stateDir), 'POST', 'destroy');
};
