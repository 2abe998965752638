import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { kmsError, validationError } from './kms-error.ts';

export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC' | 'SIGN_VERIFY';

const hmacHashes: Readonly<Record<string, string>> = {
  HMAC_224: 'sha224',
  HMAC_256: 'sha256',
  HMAC_384: 'sha384',
  HMAC_512: 'sha512',
};
const curves: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'prime256v1',
  ECC_NIST_P384: 'secp384r1',
  ECC_NIST_P521: 'secp521r1',
  ECC_SECG_P256K1: 'secp256k1',
};

/** What a key of this spec is for; undefined for a spec that the platform does not have. */
export const usageOfSpec = (spec: string): KeyUsage | undefined => {
  if (spec === 'SYMMETRIC_DEFAULT') return 'ENCRYPT_DECRYPT';
  if (spec in hmacHashes) return 'GENERATE_VERIFY_MAC';
  return spec in curves || /^RSA_(2048|3072|4096)$/.test(spec) ? 'SIGN_VERIFY' : undefined;
};

/** New key material: raw bytes for symmetric and HMAC keys, PKCS #8 for key pairs. */
export const generateMaterial = (spec: string): Buffer => {
  const namedCurve = curves[spec];
  if (namedCurve !== undefined) return pkcs8(generateKeyPairSync('ec', { namedCurve }).privateKey);
  const modulusLength = Number(/^RSA_(\d+)$/.exec(spec)?.[1] ?? 0);
  if (modulusLength > 0) return pkcs8(generateKeyPairSync('rsa', { modulusLength }).privateKey);
  return randomBytes(spec === 'HMAC_512' ? 64 : spec === 'HMAC_384' ? 48 : 32);
};

const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });

/** The public half of a key pair, DER. */
export const publicKeyOf = (material: Buffer): Buffer =>
  createPublicKey(createPrivateKey({ key: material, format: 'der', type: 'pkcs8' })).export({
    type: 'spki',
    format: 'der',
  });

/** The one algorithm of an HMAC key: `HMAC_SHA_256` for `HMAC_256`. */
export const macAlgorithmOf = (spec: string): string => spec.replace('HMAC_', 'HMAC_SHA_');

export const macOf = (spec: string, material: Buffer, message: Buffer): Buffer =>
  createHmac(hmacHashes[spec] ?? '', material)
    .update(message)
    .digest();

export type EncryptionContext = Readonly<Record<string, string>>;

/** The context as authenticated data: the pairs in the order of their names. */
const contextBytes = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));

/*
 * A ciphertext names its key, so that Decrypt needs no key id: one byte of version, 16 bytes of key id, 12 of nonce, 16 of
 * authentication tag, then the encrypted text.
 */
const version = 1;
const headerBytes = 1 + 16 + 12 + 16;

export interface SymmetricKey {
  readonly keyId: string;
  readonly material: Buffer;
}

/** AES-256-GCM with the encryption context as authenticated data. */
export const encryptWith = (
  { keyId, material }: SymmetricKey,
  plaintext: Buffer,
  context: EncryptionContext,
): Buffer => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', material, nonce).setAAD(contextBytes(context));
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const id = Buffer.from(keyId.replaceAll('-', ''), 'hex');
  return Buffer.concat([Buffer.from([version]), id, nonce, cipher.getAuthTag(), encrypted]);
};

/** The id of the key that a ciphertext was made with; undefined for anything that {@link encryptWith} cannot have made. */
export const keyIdOfCiphertext = (ciphertext: Buffer): string | undefined => {
  if (ciphertext.length < headerBytes || ciphertext[0] !== version) return undefined;
  const hex = ciphertext.subarray(1, 17).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** The plaintext; `InvalidCiphertextException` for another context, another key or a changed bit. */
export const decryptWith = ({ material }: SymmetricKey, ciphertext: Buffer, context: EncryptionContext): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', material, ciphertext.subarray(17, 29))
    .setAAD(contextBytes(context))
    .setAuthTag(ciphertext.subarray(29, headerBytes));
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(headerBytes)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
};

export const invalidCiphertext = () =>
  kmsError(
    'InvalidCiphertextException',
    'The ciphertext is not one of this key and encryption context, or it was changed.',
  );

/** Base64 of a request field. */
export const bytesOf = (base64: string, name: string, maxBytes: number): Buffer => {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length >= 1 && bytes.length <= maxBytes) return bytes;
  throw validationError(`Value at '${name}' has ${bytes.length} bytes; allowed are 1 to ${maxBytes}.`);
};
