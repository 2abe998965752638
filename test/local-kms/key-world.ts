import { KMSClient } from '@aws-sdk/client-kms';
import { accountId, type Platform, startPlatform } from '../local-lambda/small-platform.ts';

/** A small platform with a client of its keys, and the making of one. */
export interface KeyWorld {
  readonly platform: Platform;
  readonly kms: KMSClient;
  readonly createKey: (
    properties?: Record<string, unknown>,
    statements?: object[],
  ) => Promise<{ KeyId: string; arn: string }>;
  readonly stop: () => Promise<void>;
}

/** The statement that leaves a key to the identity policies of its account. */
export const account = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'kms:*',
  Resource: '*',
};

/** Starts the platform; `stop` ends it and its client. */
export const startKeyWorld = async (): Promise<KeyWorld> => {
  const platform = await startPlatform();
  const kms = new KMSClient(platform.clientOptions);
  let names = 0;
  return {
    platform,
    kms,
    createKey: async (properties = {}, statements = [account]) => {
      names += 1;
      const { ref, attributes } = await platform.create('AWS::KMS::Key', `Key${names}`, {
        KeyPolicy: { Version: '2012-10-17', Statement: statements },
        ...properties,
      });
      return { KeyId: ref, arn: attributes['Arn'] ?? '' };
    },
    stop: () => {
      kms.destroy();
      return platform.stop();
    },
  };
};

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (content: Uint8Array | undefined): string => new TextDecoder().decode(content);

/** The name of the error that the work ends with. */
export const refusal = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error) => error.name,
  );
