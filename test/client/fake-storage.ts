import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32Base64 } from '../../client/crc32.ts';

/** A refusal as S3 writes it. */
export class StorageRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface StoredPart {
  readonly etag: string;
  readonly bytes: Buffer;
}

/** What S3 does with parts and objects, as far as a client can see it. */
export class FakeStorage {
  readonly objects = new Map<string, Buffer>();
  readonly multiparts = new Map<string, Map<number, StoredPart>>();
  /** How often each part, or object, arrived whole. */
  readonly arrivals = new Map<string, number>();
  /** Forgets content and keeps only lengths. */
  readonly #discards: boolean;
  #etags = 0;

  constructor(options: { discards?: boolean } = {}) {
    this.#discards = options.discards ?? false;
  }

  put(key: string, body: Buffer, sha256: string): { etag: string } {
    this.#arrived(key);
    if (createHash('sha256').update(body).digest('base64') !== sha256) throw new StorageRefusal(400, 'BadDigest');
    if (this.objects.has(key)) throw new StorageRefusal(412, 'PreconditionFailed');
    this.objects.set(key, body);
    return { etag: this.#newEtag() };
  }

  putPart(key: string, partNumber: number, body: Buffer): { etag: string; crc32: string } {
    const parts = this.multiparts.get(key);
    if (parts === undefined) throw new StorageRefusal(404, 'NoSuchUpload');
    this.#arrived(`${key}#${partNumber}`);
    const etag = this.#newEtag();
    parts.set(partNumber, { etag, bytes: this.#discards ? Buffer.alloc(0) : body });
    return { etag, crc32: crc32Base64(crc32(body)) };
  }

  /** Throws `NoSuchUpload` or `InvalidPart`, and `BadDigest` where the whole is not what was told. */
  complete(
    key: string,
    listed: readonly { partNumber: number; etag: string; crc32?: string | undefined }[],
    whole: string,
  ) {
    const parts = this.multiparts.get(key);
    if (parts === undefined) throw new StorageRefusal(404, 'NoSuchUpload');
    const found = listed.map(({ partNumber, etag, crc32: told }) => {
      const part = parts.get(partNumber);
      const fits = part?.etag === etag && (this.#discards || told === crc32Base64(crc32(part.bytes)));
      if (part === undefined || !fits) throw new StorageRefusal(400, 'InvalidPart');
      return part.bytes;
    });
    const body = Buffer.concat(found);
    if (!this.#discards && crc32Base64(crc32(body)) !== whole) throw new StorageRefusal(400, 'BadDigest');
    this.multiparts.delete(key);
    this.objects.set(key, body);
  }

  #arrived(name: string): void {
    this.arrivals.set(name, (this.arrivals.get(name) ?? 0) + 1);
  }

  /** With SSE-KMS no two puts have one ETag, whatever they hold. */
  #newEtag(): string {
    this.#etags += 1;
    return `"${this.#etags.toString(16).padStart(32, '0')}"`;
  }
}
