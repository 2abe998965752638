import { createHmac, createPublicKey, verify } from 'node:crypto';
import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, createRole, type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

let platform: Platform;
let kms: KMSClient;
let names = 0;

beforeAll(async () => {
  platform = await startPlatform();
  kms = new KMSClient(platform.clientOptions);
});
afterAll(async () => {
  kms.destroy();
  await platform.stop();
});

const account = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'kms:*',
  Resource: '*',
};
const createKey = async (properties: Record<string, unknown> = {}, statements: object[] = [account]) => {
  names += 1;
  const { ref, attributes } = await platform.create('AWS::KMS::Key', `Key${names}`, {
    KeyPolicy: { Version: '2012-10-17', Statement: statements },
    ...properties,
  });
  return { KeyId: ref, arn: attributes['Arn'] ?? '' };
};
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined) => new TextDecoder().decode(content);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => error.name,
  );

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

describe('a key that may not be used', () => {
  const encrypt = (KeyId: string) => refusal(kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') })));

  it('is disabled until it is enabled', async () => {
    const { KeyId } = await createKey();

    await kms.send(new DisableKeyCommand({ KeyId }));
    const whileDisabled = await encrypt(KeyId);
    await kms.send(new EnableKeyCommand({ KeyId }));

    expect(whileDisabled).toBe('DisabledException');
    expect(await encrypt(KeyId)).toBeUndefined();
  });

  it('is pending deletion, can be saved, and comes back disabled', async () => {
    const { KeyId } = await createKey();

    const { KeyState } = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const pending = await encrypt(KeyId);
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    const saved = await kms.send(new DescribeKeyCommand({ KeyId }));

    expect([KeyState, pending, saved.KeyMetadata?.KeyState]).toEqual([
      'PendingDeletion',
      'KMSInvalidStateException',
      'Disabled',
    ]);
  });

  it("is gone with everything under it when its time is over on the platform's clock", async () => {
    const { KeyId } = await createKey();
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));

    platform.moveClock(7 * 86_400_000);

    expect(await refusal(kms.send(new DecryptCommand({ CiphertextBlob })))).toBe('NotFoundException');
    expect(platform.db.prepare('SELECT count(*) AS n FROM kms_keys WHERE key_id = ?').get(KeyId)).toEqual({ n: 0 });
  });

  it('does not exist', async () => {
    const { arn } = await createKey();

    expect(await encrypt('11111111-2222-3333-4444-555555555555')).toBe('NotFoundException');
    expect(await encrypt('alias/nobody')).toBe('NotFoundException');
    expect(await encrypt(arn.replace(region, 'ap-south-2'))).toBe('NotFoundException');
    expect(await encrypt('arn:aws:s3:::bucket')).toBe('InvalidArnException');
  });
});

describe('keys', () => {
  it('are found by id, ARN, alias and alias ARN, and described', async () => {
    const { KeyId, arn } = await createKey({ Description: 'data', EnableKeyRotation: true });
    const { attributes } = await platform.create('AWS::KMS::Alias', 'Alias', {
      AliasName: 'alias/data',
      TargetKeyId: arn,
    });
    const ids = [KeyId, arn, 'alias/data', attributes['AliasArn']];

    const described = await Promise.all(ids.map((id) => kms.send(new DescribeKeyCommand({ KeyId: id }))));

    expect(new Set(described.map(({ KeyMetadata }) => KeyMetadata?.Arn))).toEqual(new Set([arn]));
    expect(described[0]?.KeyMetadata).toMatchObject({
      Description: 'data',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
    });
    expect((await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled).toBe(true);
    expect((await kms.send(new ListAliasesCommand({ KeyId }))).Aliases).toMatchObject([
      { AliasName: 'alias/data', TargetKeyId: KeyId },
    ]);
    expect(JSON.parse((await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy ?? '')).toMatchObject({
      Statement: [account],
    });
    const { Keys = [], Truncated, NextMarker } = await kms.send(new ListKeysCommand({ Limit: 1 }));
    expect([Keys.length, Truncated, NextMarker]).toEqual([1, true, Keys[0]?.KeyId]);
  });

  it('stay what they are when the template is created again', async () => {
    const { KeyId } = await createKey();
    const again = await platform.create('AWS::KMS::Key', `Key${names}`, {
      KeyPolicy: { Version: '2012-10-17', Statement: [account] },
      Description: 'new',
    });

    expect(again.ref).toBe(KeyId);
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description).toBe('new');
  });

  it.each([
    [{ KeySpec: 'SM2' }, 'KeySpec'],
    [{ KeySpec: 'HMAC_256' }, 'GENERATE_VERIFY_MAC'],
    [{ Origin: 'EXTERNAL' }, 'Origin'],
  ])('are refused with %j', async (properties, named) => {
    await expect(createKey(properties)).rejects.toThrow(named);
  });

  it('give random bytes', async () => {
    expect((await kms.send(new GenerateRandomCommand({ NumberOfBytes: 24 }))).Plaintext).toHaveLength(24);
  });
});

describe('key policies', () => {
  const asRole = async (statements: object[], work: (client: KMSClient, roleArn: string) => Promise<void>) => {
    const roleArn = await createRole(platform, statements);
    const client = new KMSClient({
      ...platform.clientOptions,
      credentials: platform.credentials.credentialsFor(roleArn),
    });
    await work(client, roleArn).finally(() => client.destroy());
  };
  const allow = (Action: string, Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...(Condition && { Condition }),
  });

  it('decide alone: an identity policy counts for nothing that they do not delegate', async () => {
    const closed = await createKey({}, [{ ...account, Principal: { AWS: `arn:aws:iam::${accountId}:role/other` } }]);
    const open = await createKey();

    await asRole([allow('kms:*')], async (client) => {
      const encrypt = (KeyId: string) => refusal(client.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') })));
      expect(await encrypt(closed.KeyId)).toBe('AccessDeniedException');
      expect(await encrypt(open.KeyId)).toBeUndefined();
    });
  });

  it('see the encryption context and the algorithm of a code', async () => {
    const { KeyId } = await createKey();
    const mac = await createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });

    const statements = [
      allow('kms:Encrypt', { StringEquals: { 'kms:EncryptionContext:tenant': 't1' } }),
      allow('kms:GenerateMac', { StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' } }),
    ];
    await asRole(statements, async (client) => {
      const encrypt = (EncryptionContext?: Record<string, string>) =>
        refusal(client.send(new EncryptCommand({ KeyId, Plaintext: bytes('x'), EncryptionContext })));
      expect(await encrypt({ tenant: 't1' })).toBeUndefined();
      expect(await encrypt({ tenant: 't2' })).toBe('AccessDeniedException');
      expect(await encrypt()).toBe('AccessDeniedException');
      const made = client.send(
        new GenerateMacCommand({ KeyId: mac.KeyId, Message: bytes('x'), MacAlgorithm: 'HMAC_SHA_256' }),
      );
      expect(await refusal(made)).toBeUndefined();
    });
  });

  it('tell use through a service from direct use', async () => {
    const { KeyId, arn } = await createKey();
    const viaService = `sqs.${region}.amazonaws.com`;

    await asRole(
      [allow('kms:Decrypt', { StringEquals: { 'kms:ViaService': viaService } })],
      async (client, roleArn) => {
        const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') }));
        const caller = platform.credentials.roles.sessionCaller(roleArn, 's');
        const use = { caller, keyId: arn, action: 'kms:Decrypt', encryptionContext: {}, region } as const;
        expect(await refusal(client.send(new DecryptCommand({ CiphertextBlob })))).toBe('AccessDeniedException');
        expect(() => platform.kms.useKey({ ...use, viaService })).not.toThrow();
        expect(() => platform.kms.useKey({ ...use, viaService: `s3.${region}.amazonaws.com` })).toThrow(
          'not authorized',
        );
      },
    );
  });

  it('of the keys that AWS keeps admit the account through their service, and no service for itself', async () => {
    const use = {
      keyId: 'alias/aws/sqs',
      action: 'kms:GenerateDataKey',
      encryptionContext: {},
      region,
      viaService: `sqs.${region}.amazonaws.com`,
    } as const;
    const bucket = { service: 's3.amazonaws.com', arn: 'arn:aws:s3:::b', accountId };

    await asRole([allow('kms:*')], async (_, roleArn) => {
      const caller = platform.credentials.roles.sessionCaller(roleArn, 's');
      expect(() => platform.kms.useKey({ ...use, caller })).not.toThrow();
    });
    const service = { kind: 'service', service: bucket.service, arn: '', accountId, identityPolicies: [] } as const;
    expect(() =>
      platform.kms.useKey({ ...use, caller: service, context: { 'aws:PrincipalIsAWSService': 'true' } }),
    ).toThrow('not authorized');
  });
});
