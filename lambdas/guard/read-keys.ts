import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';

/** A key that cannot be used, and why. */
export interface UnusableKey {
  readonly key: string;
  /** `Disabled`, `PendingDeletion`, …, or `NotFound`. */
  readonly state: string;
}

/** Which of these keys cannot be used. */
export const unusableKeys = async (kms: KMSClient, arns: readonly string[]): Promise<readonly UnusableKey[]> => {
  const states = await Promise.all(arns.map(async (key) => ({ key, state: await stateOf(kms, key) })));
  return states.filter(({ state }) => state !== 'Enabled');
};

const stateOf = async (kms: KMSClient, KeyId: string): Promise<string> => {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState ?? 'Unknown';
  } catch (error) {
    if (awsFailure(error)?.name === 'NotFoundException') return 'NotFound';
    throw namedFailure(error, 'the reading of a key');
  }
};
