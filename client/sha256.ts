import type * as NodeCrypto from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';

/** A SHA-256 that takes its input in pieces; WebCrypto has none, so browsers get a library's and Node its own. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest as S3 writes it: base64. Ends the hash. */
  digestBase64(): string;
}

export const createSha256 = (): Sha256 => {
  const crypto: typeof NodeCrypto | undefined = globalThis.process?.getBuiltinModule?.('node:crypto');
  return crypto === undefined ? createPortableSha256() : createNodeSha256(crypto);
};

/** The implementation that browsers run. */
export const createPortableSha256 = (): Sha256 => {
  const hash = sha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digestBase64: () => btoa(String.fromCharCode(...hash.digest())),
  };
};

const createNodeSha256 = (crypto: typeof NodeCrypto): Sha256 => {
  const hash = crypto.createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digestBase64: () => hash.digest('base64') };
};
