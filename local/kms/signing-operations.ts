import { constants, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';
import * as z from 'zod';
import type { KeyAccess, KeyRequester } from './key-access.ts';
import { bytesOf, type KeyUsage, macAlgorithmOf, macOf, publicKeyOf } from './key-material.ts';
import type { Key } from './key-store.ts';
import { kmsError, validationError, wrongUsage } from './kms-error.ts';

const KeyId = z.string().min(1).max(2048);
const MacAlgorithm = z.enum(['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512']);
const mac = { KeyId, Message: z.base64(), MacAlgorithm };
export const GenerateMac = z.strictObject(mac);
export const VerifyMac = z.strictObject({ ...mac, Mac: z.base64() });

const signing = {
  KeyId,
  Message: z.base64(),
  SigningAlgorithm: z.string(),
  /** Digests made elsewhere are not taken: what is signed here fits into one message. */
  MessageType: z.literal('RAW').optional(),
};
export const Sign = z.strictObject(signing);
export const Verify = z.strictObject({ ...signing, Signature: z.base64() });
export const GetPublicKey = z.strictObject({ KeyId });

export const generateMac = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof GenerateMac>) => {
  const key = macKey(access, requester, { ...input, action: 'kms:GenerateMac' });
  const value = macOf(key.spec, key.material, bytesOf(input.Message, 'message', 4096));
  return { KeyId: key.arn, Mac: value.toString('base64'), MacAlgorithm: input.MacAlgorithm };
};

export const verifyMac = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof VerifyMac>) => {
  const key = macKey(access, requester, { ...input, action: 'kms:VerifyMac' });
  const expected = macOf(key.spec, key.material, bytesOf(input.Message, 'message', 4096));
  const given = bytesOf(input.Mac, 'mac', 6144);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw kmsError('KMSInvalidMacException', 'The MAC is not the one of this key and message.');
  }
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
};

interface MacUse {
  readonly KeyId: string;
  readonly MacAlgorithm: string;
  readonly action: string;
}

const macKey = (
  access: KeyAccess,
  requester: KeyRequester,
  { KeyId: keyId, MacAlgorithm: algorithm, action }: MacUse,
): Key => {
  const key = access.usable(requester, keyId, { action, context: { 'kms:MacAlgorithm': algorithm } });
  refuseUsage(key, 'GENERATE_VERIFY_MAC', action);
  if (macAlgorithmOf(key.spec) !== algorithm) {
    throw kmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  }
  return key;
};

const refuseUsage = (key: Key, usage: KeyUsage, action: string): void => {
  if (key.usage !== usage) throw wrongUsage(key.arn, key.usage, action.replace('kms:', ''));
};

export const signMessage = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof Sign>) => {
  const key = signingKey(access, requester, { ...input, action: 'kms:Sign' });
  const { hash, options } = algorithmFor(key, input.SigningAlgorithm);
  const privateKey = createPrivateKey({ key: key.material, format: 'der', type: 'pkcs8' });
  const signature = sign(hash, bytesOf(input.Message, 'message', 4096), { key: privateKey, ...options });
  return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: input.SigningAlgorithm };
};

export const verifySignature = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof Verify>) => {
  const key = signingKey(access, requester, { ...input, action: 'kms:Verify' });
  const { hash, options } = algorithmFor(key, input.SigningAlgorithm);
  const publicKey = createPublicKey({ key: publicKeyOf(key.material), format: 'der', type: 'spki' });
  const message = bytesOf(input.Message, 'message', 4096);
  if (!verify(hash, message, { key: publicKey, ...options }, bytesOf(input.Signature, 'signature', 6144))) {
    throw kmsError('KMSInvalidSignatureException', 'The signature is not one of this key, algorithm and message.');
  }
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
};

export const getPublicKey = (access: KeyAccess, requester: KeyRequester, input: z.output<typeof GetPublicKey>) => {
  const key = access.usable(requester, input.KeyId, { action: 'kms:GetPublicKey' });
  refuseUsage(key, 'SIGN_VERIFY', 'kms:GetPublicKey');
  return {
    KeyId: key.arn,
    PublicKey: publicKeyOf(key.material).toString('base64'),
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    KeyUsage: key.usage,
    SigningAlgorithms: signingAlgorithms(key.spec),
  };
};

interface SignUse {
  readonly KeyId: string;
  readonly SigningAlgorithm: string;
  readonly action: string;
}

const signingKey = (
  access: KeyAccess,
  requester: KeyRequester,
  { KeyId: keyId, SigningAlgorithm, action }: SignUse,
): Key => {
  const context = { 'kms:SigningAlgorithm': SigningAlgorithm, 'kms:MessageType': 'RAW' };
  const key = access.usable(requester, keyId, { action, context });
  refuseUsage(key, 'SIGN_VERIFY', action);
  return key;
};

const ecdsa: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'ECDSA_SHA_256',
  ECC_NIST_P384: 'ECDSA_SHA_384',
  ECC_NIST_P521: 'ECDSA_SHA_512',
  ECC_SECG_P256K1: 'ECDSA_SHA_256',
};
const sizes = ['256', '384', '512'];

/** The algorithms that a key of this spec can sign with. */
export const signingAlgorithms = (spec: string): string[] => {
  const curve = ecdsa[spec];
  if (curve !== undefined) return [curve];
  return ['RSASSA_PKCS1_V1_5_SHA_', 'RSASSA_PSS_SHA_'].flatMap((name) => sizes.map((size) => name + size));
};

const algorithmFor = (key: Key, algorithm: string) => {
  if (!signingAlgorithms(key.spec).includes(algorithm)) {
    throw validationError(
      `Algorithm ${algorithm} is incompatible with key spec ${key.spec}: allowed are ${signingAlgorithms(key.spec).join(', ')}.`,
    );
  }
  const hash = `sha${algorithm.slice(-3)}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return { hash, options: algorithm.startsWith('RSASSA_PSS') ? pss : {} };
};
