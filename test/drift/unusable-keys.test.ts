import { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { unusableKeys } from '../../lambdas/guard/read-keys.ts';

const named = (name: string): Error => Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });

/** A KMS that answers for each key with its state, or fails as it is told. */
const kmsOf = (answers: Readonly<Record<string, string | Error>>): KMSClient => {
  const kms = new KMSClient({ region: 'ap-south-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  kms.middlewareStack.add(
    () => async (call) => {
      const answer = answers[String(Object(call.input).KeyId)];
      if (answer instanceof Error) throw answer;
      return { output: { $metadata: {}, KeyMetadata: { KeyState: answer } }, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
  return kms;
};

describe('the guard over keys', () => {
  it('names those that are disabled, are to be deleted, or are gone, and no other', async () => {
    const answers = { a: 'Enabled', b: 'Disabled', c: 'PendingDeletion', d: named('NotFoundException') };

    const found = await unusableKeys(kmsOf(answers), Object.keys(answers));

    expect(found).toEqual([
      { key: 'b', state: 'Disabled' },
      { key: 'c', state: 'PendingDeletion' },
      { key: 'd', state: 'NotFound' },
    ]);
  });

  it.each(['ThrottlingException', 'KMSInternalException', 'AccessDeniedException'])(
    'takes no key for a good one where KMS answers %s',
    async (name) => {
      await expect(unusableKeys(kmsOf({ a: 'Enabled', b: named(name) }), ['a', 'b'])).rejects.toThrow(name);
    },
  );
});
