import {
  CloudFormationClient,
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { deletionOrder } from '../../core/destroy/plan.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { stackPlaces, unlessAbsent } from './deployed-stacks.ts';

const longestWaitSeconds = 3600;

/** Deletes the stacks one after the other; each is gone before the next begins. Asked again, it goes on where it stopped. */
export const deleteStacks = async (
  target: OperatorTarget,
  wanted: readonly string[],
  { note, signal }: { readonly note: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> => {
  const places = stackPlaces(target);
  for (const StackName of deletionOrder(wanted)) {
    const region = places.find(({ stackName }) => stackName === StackName)?.region ?? target.region;
    const client = new CloudFormationClient(target.aws(region));
    const unprotected = new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false });
    if ((await unlessAbsent(() => client.send(unprotected))) === undefined) continue;
    note(`Deleting ${StackName} in ${region} …`);
    await client.send(new DeleteStackCommand({ StackName }));
    try {
      const options = { client, maxWaitTime: longestWaitSeconds, abortSignal: signal };
      await waitUntilStackDeleteComplete(options, { StackName });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new CliError(
        exitCodes.failed,
        `${StackName} could not be deleted: see its events in CloudFormation, put right what they name, and run this again.`,
        { cause: error },
      );
    }
  }
};
