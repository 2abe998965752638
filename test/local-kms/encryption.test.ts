import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bytes, refusal, startKeyWorld, text } from './key-world.ts';

const { kms, createKey, stop } = await startKeyWorld();
afterAll(() => stop());

describe('encryption', () => {
  it('gives back exactly what went in, under the same context', async () => {
    const { KeyId, arn } = await createKey();
    const EncryptionContext = { tenant: 't1', asset: 'a' };

    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: bytes('secret'), EncryptionContext }),
    );
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { asset: 'a', tenant: 't1' } }),
    );

    expect(text(opened.Plaintext)).toBe('secret');
    expect(opened.KeyId).toBe(arn);
    expect(Buffer.from(CiphertextBlob ?? []).includes('secret')).toBe(false);
  });

  it('opens nothing with another context, another key or a changed bit', async () => {
    const { KeyId } = await createKey();
    const other = await createKey();
    const EncryptionContext = { tenant: 't1' };
    const { CiphertextBlob = new Uint8Array() } = await kms.send(
      new EncryptCommand({ KeyId, Plaintext: bytes('secret'), EncryptionContext }),
    );
    const decrypt = (blob: Uint8Array, more = {}) =>
      refusal(kms.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext, ...more })));

    expect(await decrypt(CiphertextBlob, { EncryptionContext: { tenant: 't2' } })).toBe('InvalidCiphertextException');
    expect(await decrypt(CiphertextBlob, { EncryptionContext: undefined })).toBe('InvalidCiphertextException');
    expect(await decrypt(CiphertextBlob, { KeyId: other.KeyId })).toBe('IncorrectKeyException');
    expect(await decrypt(bytes('nonsense'))).toBe('InvalidCiphertextException');
    await fc.assert(
      fc.asyncProperty(fc.nat(CiphertextBlob.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Uint8Array.from(CiphertextBlob);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(await decrypt(changed)).toMatch(/InvalidCiphertextException|NotFoundException/);
      }),
      { numRuns: 40 },
    );
  });

  it('makes data keys, with their plaintext or without', async () => {
    const { KeyId } = await createKey();

    const key = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    const sealed = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 48 }));

    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: key.CiphertextBlob }));
    expect(key.Plaintext).toHaveLength(32);
    expect(opened.Plaintext).toEqual(key.Plaintext);
    expect((await kms.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }))).Plaintext).toHaveLength(48);
    expect(sealed).not.toHaveProperty('Plaintext');
    expect(await refusal(kms.send(new GenerateDataKeyCommand({ KeyId })))).toBe('ValidationException');
  });

  it('moves a ciphertext under another key', async () => {
    const [from, to] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: from.KeyId, Plaintext: bytes('x') }));

    const moved = await kms.send(
      new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to.KeyId, DestinationEncryptionContext: { a: 'b' } }),
    );

    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { a: 'b' } }),
    );
    expect([text(opened.Plaintext), opened.KeyId, moved.SourceKeyId]).toEqual(['x', to.arn, from.arn]);
  });

  it.each([
    ['empty text', new Uint8Array()],
    ['more than 4 KiB', new Uint8Array(4097)],
  ])('refuses %s', async (_, Plaintext) => {
    const { KeyId } = await createKey();

    expect(await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext })))).toBe('ValidationException');
  });
});
