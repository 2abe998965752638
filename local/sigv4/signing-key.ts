import { createHmac, timingSafeEqual } from 'node:crypto';

const keys = new WeakMap<object, Map<string, Buffer>>();
const maxKeys = 1000;

/** HMAC-SHA256 of a text as bytes. */
export const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The key that signs for one day, region and service. Derived keys are remembered beside `owner` (the credential lookup),
 * so that two platforms in one process share nothing.
 */
export const signingKey = (owner: object, secretAccessKey: string, scope: string): Buffer => {
  const known = keys.get(owner) ?? new Map<string, Buffer>();
  keys.set(owner, known);
  const name = `${secretAccessKey}\n${scope}`;
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  if (known.size >= maxKeys) known.clear();
  const derived = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const key = Buffer.isBuffer(derived) ? derived : Buffer.from(derived);
  known.set(name, key);
  return key;
};

/** Signs a string to sign: lower-case hexadecimal. */
export const signText = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');

/** Compares two signatures without telling by time how much of them agrees. */
export const signaturesEqual = (expected: string, given: string): boolean =>
  expected.length === given.length && timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(given, 'latin1'));
