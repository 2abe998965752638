import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as z from 'zod';
import { KiB, MiB } from '../bytes.ts';
import type { PackedMember } from './packed-row.ts';

/**
 * The form of a pack object:
 *
 *     "MKPACK01" · member · member · … · index · footer
 *
 * Each member is compressed by itself (zstd) or stored as it is where that saves less than a tenth, so that a range of the
 * object is all that is needed to read one. The index is zstd over JSON: class, tenant and every {@link PackedMember}; it
 * holds all that the members' own objects said, so that a catalog can be made from packs. The footer has a fixed length
 * (72 bytes, numbers big endian): offset and length of the index (8 bytes each), members (8), SHA-256 of the index as it
 * stands (32), eight bytes of nought, "MKPACKED".
 */
const head = Buffer.from('MKPACK01');
const tail = Buffer.from('MKPACKED');
const footerBytes = 72;

/** Contents up to this length are packed; longer ones go to the archive alone. */
export const maxMemberBytes = KiB(128);
/** A pack with so many members is full. */
export const fullPackMembers = 1_000;
/** A pack with contents of so many bytes is full. */
export const fullPackBytes = MiB(64);

/** What a pack is made of: an asset's object with its content. */
export type MemberSource = Omit<PackedMember, 'digest' | 'offset' | 'storedBytes' | 'encoding'> & {
  readonly content: Uint8Array;
};

/** Whose members a pack holds. */
export interface PackOwner {
  readonly tenant: string;
  readonly dataClass: string;
}

/** A pack as its index describes it. */
export interface PackIndex extends PackOwner {
  readonly members: readonly PackedMember[];
}

/** Joins contents into one pack object. */
export const writePack = (owner: PackOwner, sources: readonly MemberSource[]): { body: Buffer; index: PackIndex } => {
  const parts: Buffer[] = [head];
  let offset = head.length;
  const members = sources.map(({ content, ...told }): PackedMember => {
    if (content.length !== told.bytes) throw new Error(`Asset ${told.assetId} has another length than it says.`);
    const { stored, encoding } = encode(content);
    const member = { ...told, digest: sha256(content), offset, storedBytes: stored.length, encoding };
    parts.push(stored);
    offset += stored.length;
    return member;
  });
  const index: PackIndex = { ...owner, members };
  const indexBody = zstdCompressSync(Buffer.from(JSON.stringify(index)));
  parts.push(indexBody, footerOf(offset, indexBody, members.length));
  return { body: Buffer.concat(parts), index };
};

/** A pack object, or a part of it, that is not what a pack is. */
export class DamagedPackError extends Error {
  override readonly name = 'DamagedPackError';
}

/** Reads the index of a whole pack object. Throws {@link DamagedPackError}. */
export const readIndex = (body: Uint8Array): PackIndex => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const footer = bytes.subarray(-footerBytes);
  const begins = bytes.length >= head.length + footerBytes && bytes.subarray(0, head.length).equals(head);
  if (!begins || !footer.subarray(-tail.length).equals(tail)) throw new DamagedPackError('The object is no pack.');
  const offset = Number(footer.readBigUInt64BE(0));
  const length = Number(footer.readBigUInt64BE(8));
  if (offset + length !== bytes.length - footerBytes) throw new DamagedPackError('The index stands elsewhere.');
  const indexBody = bytes.subarray(offset, offset + length);
  if (!hash(indexBody).equals(footer.subarray(24, 56))) throw new DamagedPackError('The index is damaged.');
  const index = Index.parse(JSON.parse(zstdDecompressSync(indexBody).toString('utf8')));
  if (index.members.length !== Number(footer.readBigUInt64BE(16))) throw new DamagedPackError('Members are missing.');
  return index;
};

/** The range of the pack object that holds a member, both ends included, as `Range` takes it. */
export const memberRange = ({ offset, storedBytes }: Pick<PackedMember, 'offset' | 'storedBytes'>): string =>
  `bytes=${offset}-${offset + storedBytes - 1}`;

/** A member's content from its range. Throws {@link DamagedPackError} where it is not what was packed. */
export const readMember = (stored: Uint8Array, member: PackedMember): Buffer => {
  const content = decode(stored, member);
  if (content.length !== member.bytes || sha256(content) !== member.digest) {
    throw new DamagedPackError(`The content of asset ${member.assetId} is not what was packed.`);
  }
  return content;
};

/** A member's content from the whole pack object. */
export const memberOf = (body: Uint8Array, member: PackedMember): Buffer =>
  readMember(body.subarray(member.offset, member.offset + member.storedBytes), member);

/** Reads a whole pack back: its index, after every member was compared with its digest. */
export const verifyPack = (body: Uint8Array): PackIndex => {
  const index = readIndex(body);
  for (const member of index.members) memberOf(body, member);
  return index;
};

const encode = (content: Uint8Array): { stored: Buffer; encoding: PackedMember['encoding'] } => {
  const compressed = zstdCompressSync(content);
  return compressed.length <= content.length * 0.9
    ? { stored: compressed, encoding: 'zstd' }
    : { stored: Buffer.from(content), encoding: 'identity' };
};

const decode = (stored: Uint8Array, { encoding, assetId, bytes }: PackedMember): Buffer => {
  if (encoding === 'identity') return Buffer.from(stored);
  try {
    return zstdDecompressSync(stored, { maxOutputLength: Math.max(1, bytes) });
  } catch (error) {
    throw new DamagedPackError(`The content of asset ${assetId} cannot be decompressed.`, { cause: error });
  }
};

const footerOf = (offset: number, indexBody: Buffer, members: number): Buffer => {
  const footer = Buffer.alloc(footerBytes);
  footer.writeBigUInt64BE(BigInt(offset), 0);
  footer.writeBigUInt64BE(BigInt(indexBody.length), 8);
  footer.writeBigUInt64BE(BigInt(members), 16);
  hash(indexBody).copy(footer, 24);
  tail.copy(footer, footerBytes - tail.length);
  return footer;
};

const hash = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const sha256 = (bytes: Uint8Array): string => hash(bytes).toString('base64');

const Member = z.strictObject({
  assetId: z.string(),
  key: z.string(),
  versionId: z.string(),
  at: z.string(),
  bytes: z.int().nonnegative(),
  etag: z.string(),
  contentType: z.string().optional(),
  facts: z.string().optional(),
  sha256: z.string().optional(),
  checksum: z.strictObject({ algorithm: z.enum(['CRC32', 'CRC32C', 'CRC64NVME']), value: z.string() }).optional(),
  digest: z.string(),
  offset: z.int().nonnegative(),
  storedBytes: z.int().nonnegative(),
  encoding: z.enum(['zstd', 'identity']),
});
const Index = z.strictObject({ tenant: z.string(), dataClass: z.string(), members: z.array(Member) });
