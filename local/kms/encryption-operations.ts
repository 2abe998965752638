import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { KeyAccess, KeyRequester } from './key-access.ts';
import { bytesOf, decryptWith, encryptWith, invalidCiphertext, keyIdOfCiphertext } from './key-material.ts';
import type { Key } from './key-store.ts';
import { kmsError, validationError, wrongUsage } from './kms-error.ts';

const encryptionContext = z.record(z.string(), z.string()).optional();
const algorithm = z.literal('SYMMETRIC_DEFAULT').optional();
const KeyId = z.string().min(1).max(2048);
const grantTokens = z.array(z.string()).max(0, 'Grants do not exist on the embedded platform').optional();
const always = { GrantTokens: grantTokens, DryRun: z.literal(false).optional() };

export const Encrypt = z.strictObject({
  KeyId,
  Plaintext: z.base64(),
  EncryptionContext: encryptionContext,
  EncryptionAlgorithm: algorithm,
  ...always,
});
export const Decrypt = z.strictObject({
  CiphertextBlob: z.base64(),
  KeyId: KeyId.optional(),
  EncryptionContext: encryptionContext,
  EncryptionAlgorithm: algorithm,
  ...always,
});
export const GenerateDataKey = z.strictObject({
  KeyId,
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.number().int().min(1).max(1024).optional(),
  EncryptionContext: encryptionContext,
  ...always,
});
export const ReEncrypt = z.strictObject({
  CiphertextBlob: z.base64(),
  SourceKeyId: KeyId.optional(),
  SourceEncryptionContext: encryptionContext,
  DestinationKeyId: KeyId,
  DestinationEncryptionContext: encryptionContext,
  SourceEncryptionAlgorithm: algorithm,
  DestinationEncryptionAlgorithm: algorithm,
  ...always,
});

const symmetric = { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
const algorithmContext = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' };

export const encrypt = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof Encrypt>) => {
  const context = input.EncryptionContext ?? {};
  const key = encryptionKey(access, requester, input.KeyId, { action: 'kms:Encrypt', context });
  const ciphertext = encryptWith(key, bytesOf(input.Plaintext, 'plaintext', 4096), context);
  return { CiphertextBlob: ciphertext.toString('base64'), KeyId: key.arn, ...symmetric };
};

export const decrypt = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof Decrypt>) => {
  const { key, plaintext } = open(access, requester, {
    action: 'kms:Decrypt',
    ciphertext: bytesOf(input.CiphertextBlob, 'ciphertextBlob', 6144),
    context: input.EncryptionContext ?? {},
    keyId: input.KeyId,
  });
  return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, ...symmetric };
};

export const generateDataKey = (
  access: KeyAccess,
  requester: KeyRequester,
  { input, withPlaintext }: { input: z.output<typeof GenerateDataKey>; withPlaintext: boolean },
) => {
  const context = input.EncryptionContext ?? {};
  const action = withPlaintext ? 'kms:GenerateDataKey' : 'kms:GenerateDataKeyWithoutPlaintext';
  const bytes = dataKeyBytes(input);
  const key = encryptionKey(access, requester, input.KeyId, { action, context });
  const plaintext = randomBytes(bytes);
  return {
    CiphertextBlob: encryptWith(key, plaintext, context).toString('base64'),
    KeyId: key.arn,
    ...(withPlaintext && { Plaintext: plaintext.toString('base64') }),
  };
};

export const reEncrypt = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof ReEncrypt>) => {
  const { key: source, plaintext } = open(access, requester, {
    action: 'kms:ReEncryptFrom',
    ciphertext: bytesOf(input.CiphertextBlob, 'ciphertextBlob', 6144),
    context: input.SourceEncryptionContext ?? {},
    keyId: input.SourceKeyId,
  });
  const context = input.DestinationEncryptionContext ?? {};
  const key = encryptionKey(access, requester, input.DestinationKeyId, { action: 'kms:ReEncryptTo', context });
  return {
    CiphertextBlob: encryptWith(key, plaintext, context).toString('base64'),
    SourceKeyId: source.arn,
    KeyId: key.arn,
    SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
};

interface Use {
  readonly action: string;
  readonly context: Readonly<Record<string, string>>;
}

const encryptionKey = (access: KeyAccess, requester: KeyRequester, keyId: string, { action, context }: Use): Key => {
  const key = access.usable(requester, keyId, { action, encryptionContext: context, context: algorithmContext });
  if (key.usage !== 'ENCRYPT_DECRYPT') throw wrongUsage(key.arn, key.usage, action.replace('kms:', ''));
  return key;
};

interface Opening extends Use {
  readonly ciphertext: Buffer;
  readonly keyId: string | undefined;
}

/** Decrypts with the key that the ciphertext names, which must be the one that the caller names, if they name one. */
const open = (access: KeyAccess, requester: KeyRequester, { action, ciphertext, context, keyId }: Opening) => {
  const madeWith = keyIdOfCiphertext(ciphertext);
  if (madeWith === undefined) throw invalidCiphertext();
  if (keyId !== undefined && access.resolve(keyId, requester.region).key.keyId !== madeWith) {
    throw kmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const key = encryptionKey(access, requester, keyId ?? madeWith, { action, context });
  return { key, plaintext: decryptWith(key, ciphertext, context) };
};

const dataKeyBytes = ({ KeySpec, NumberOfBytes }: z.output<typeof GenerateDataKey>): number => {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw validationError('Please specify either number of bytes or key spec.');
  }
  return NumberOfBytes ?? (KeySpec === 'AES_256' ? 32 : 16);
};
