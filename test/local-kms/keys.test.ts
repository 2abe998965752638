import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from 'vitest';
import { region } from '../local-lambda/small-platform.ts';
import { account, bytes, refusal, startKeyWorld } from './key-world.ts';

const { platform, kms, createKey, stop } = await startKeyWorld();
afterAll(() => stop());

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
    const { ref: KeyId } = await platform.create('AWS::KMS::Key', 'Again', {
      KeyPolicy: { Version: '2012-10-17', Statement: [account] },
    });
    const again = await platform.create('AWS::KMS::Key', 'Again', {
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
