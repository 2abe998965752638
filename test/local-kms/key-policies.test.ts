import { DecryptCommand, EncryptCommand, GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from 'vitest';
import { accountId, createRole, region } from '../local-lambda/small-platform.ts';
import { account, bytes, refusal, startKeyWorld } from './key-world.ts';

const { platform, kms, createKey, stop } = await startKeyWorld();
afterAll(() => stop());

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
