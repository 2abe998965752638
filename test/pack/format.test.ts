import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DamagedPackError,
  memberOf,
  memberRange,
  readIndex,
  readMember,
  verifyPack,
  writePack,
} from '../../core/pack/format.ts';
import { packObjectKey, parsePackKey } from '../../core/pack/pack-key.ts';
import { idOf, keyOf, owner } from './pack-model.ts';

const sourceOf = (content: Uint8Array, index: number) => ({
  assetId: idOf(index),
  key: keyOf(idOf(index)),
  versionId: `v${index}`,
  at: '2026-01-01T00:00:00.000Z',
  bytes: content.length,
  etag: '"e"',
  contentType: 'application/json',
  facts: 'eyJ9',
  content,
});

const packOf = (contents: readonly Uint8Array[]) => writePack(owner, contents.map(sourceOf));

const text = (index: number) => Buffer.from(`What was said in part ${index}. `.repeat(30));

describe('a pack', () => {
  it('gives every content back from its own range alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), { minLength: 1, maxLength: 20 }),
        (all) => {
          const { body, index } = packOf(all);
          for (const [position, member] of index.members.entries()) {
            const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(memberRange(member))?.map(Number) ?? [];
            expect(readMember(body.subarray(from, to + 1), member).equals(Buffer.from(all[position] ?? []))).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells in its own index all that the members’ objects said', () => {
    const { body, index } = packOf([text(1), text(2)]);

    expect(readIndex(body)).toEqual(index);
    expect(index.members[1]).toMatchObject({ key: keyOf(idOf(1)), versionId: 'v1', facts: 'eyJ9', encoding: 'zstd' });
  });

  it('compresses what gets a tenth smaller, and stores the rest as it is', () => {
    const noise = Buffer.concat(
      Array.from({ length: 16 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
    );
    const { index } = packOf([text(1), noise]);

    expect(index.members.map(({ encoding }) => encoding)).toEqual(['zstd', 'identity']);
    expect(index.members[0]?.storedBytes).toBeLessThan(text(1).length / 5);
  });

  it('is refused, or says the same all the same, wherever one bit of it is another', () => {
    const contents = [text(1), text(2), Buffer.from([1, 2, 3])];
    const { body, index } = packOf(contents);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(7), (position, bit) => {
        const damaged = Buffer.from(body);
        damaged[position] = (damaged[position] ?? 0) ^ (1 << bit);
        try {
          expect(verifyPack(damaged)).toEqual(index);
          for (const [at, member] of index.members.entries()) {
            expect(memberOf(damaged, member).equals(contents[at] ?? Buffer.alloc(0))).toBe(true);
          }
        } catch (error) {
          if (error instanceof Error && error.name === 'AssertionError') throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, 10, 71, 80])('of %i bytes is none', (length) => {
    expect(() => readIndex(Buffer.alloc(length))).toThrow(DamagedPackError);
  });

  it('cannot be made of a content that is not as long as it says', () => {
    expect(() => writePack(owner, [{ ...sourceOf(text(1), 1), bytes: 3 }])).toThrow(/another length/);
  });

  it('does not unpack more than the member says', () => {
    const { body, index } = packOf([Buffer.alloc(1_000_000)]);
    const [member] = index.members;
    if (member === undefined) throw new Error('no member');

    expect(() =>
      readMember(body.subarray(member.offset, member.offset + member.storedBytes), { ...member, bytes: 10 }),
    ).toThrow(DamagedPackError);
  });
});

describe('the key of a pack', () => {
  it('comes apart into what it was made of', () => {
    const pack = { tenant: 't1', dataClass: 'transcription', packId: idOf(1) };

    expect(parsePackKey(packObjectKey(pack))).toEqual(pack);
  });

  it.each(['packs/t1/transcription', 'packs/t1/Transcription/x', 'facts/t1/a', `packs/t1/a/b/${idOf(1)}`])(
    'is not %s',
    (key) => {
      expect(parsePackKey(key)).toBeUndefined();
    },
  );
});
