import { createHmac, createPublicKey, verify } from 'node:crypto';
import {
  EncryptCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from 'vitest';
import { region } from '../local-lambda/small-platform.ts';
import { bytes, refusal, startKeyWorld } from './key-world.ts';

const { platform, kms, createKey, stop } = await startKeyWorld();
afterAll(() => stop());

describe('codes and signatures', () => {
  it('are the same for the same key and text, and verified', async () => {
    const { KeyId } = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const request = { KeyId, Message: bytes('cursor'), MacAlgorithm: 'HMAC_SHA_256' as const };

    const [one, two] = [
      await kms.send(new GenerateMacCommand(request)),
      await kms.send(new GenerateMacCommand(request)),
    ];
    const verified = await kms.send(new VerifyMacCommand({ ...request, Mac: one.Mac }));

    expect(one.Mac).toHaveLength(32);
    expect(one.Mac).toEqual(two.Mac);
    expect(verified.MacValid).toBe(true);
    const wrong = { ...request, Message: bytes('other'), Mac: one.Mac };
    expect(await refusal(kms.send(new VerifyMacCommand(wrong)))).toBe('KMSInvalidMacException');
    expect(await refusal(kms.send(new GenerateMacCommand({ ...request, MacAlgorithm: 'HMAC_SHA_512' })))).toBe(
      'InvalidKeyUsageException',
    );
    expect(await refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') })))).toBe(
      'InvalidKeyUsageException',
    );
  });

  it('are the HMAC that the standard defines', async () => {
    const { KeyId } = await createKey({ KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const material = platform.kms.store.find(region, KeyId)?.material ?? '';

    const { Mac } = await kms.send(
      new GenerateMacCommand({ KeyId, Message: bytes('m'), MacAlgorithm: 'HMAC_SHA_384' }),
    );

    expect(Buffer.from(Mac ?? [])).toEqual(createHmac('sha384', material).update('m').digest());
  });

  it.each([
    ['ECC_NIST_P256', 'ECDSA_SHA_256'],
    ['ECC_NIST_P384', 'ECDSA_SHA_384'],
    ['RSA_2048', 'RSASSA_PSS_SHA_256'],
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ] as const)('of %s with %s verify by the public key alone', async (KeySpec, SigningAlgorithm) => {
    const { KeyId } = await createKey({ KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const request = { KeyId, Message: bytes('root'), SigningAlgorithm };

    const { Signature } = await kms.send(new SignCommand(request));
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));

    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    const pss = SigningAlgorithm.includes('PSS') ? { padding: 6, saltLength: -1 } : {};
    const hash = `sha${SigningAlgorithm.slice(-3)}`;
    expect(verify(hash, Buffer.from('root'), { key, ...pss }, Buffer.from(Signature ?? []))).toBe(true);
    expect((await kms.send(new VerifyCommand({ ...request, Signature }))).SignatureValid).toBe(true);
    const wrong = { ...request, Message: bytes('other'), Signature };
    expect(await refusal(kms.send(new VerifyCommand(wrong)))).toBe('KMSInvalidSignatureException');
  });
});
