import { createHash } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContentChecksums } from '../../client/checksums.ts';
import { openContent } from '../../client/content.ts';
import { combineCrc32, crc32, crc32Base64, tableCrc32 } from '../../client/crc32.ts';
import { createPortableSha256, createSha256 } from '../../client/sha256.ts';

const bytes = fc.uint8Array({ maxLength: 5000 });

describe('checksums of parts give those of the whole', () => {
  it('combines the CRC-32 of two pieces into that of both', () => {
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const whole = zlibCrc32(Buffer.concat([first, second]));

        expect(combineCrc32(zlibCrc32(first), zlibCrc32(second), second.length)).toBe(whole);
      }),
    );
  });

  it('computes the same CRC-32 from the table as natively, in one piece or in two', () => {
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const whole = Buffer.concat([first, second]);

        expect(tableCrc32(second, tableCrc32(first))).toBe(zlibCrc32(whole));
        expect(crc32(whole)).toBe(zlibCrc32(whole));
      }),
    );
  });

  it('writes a CRC-32 as S3 does', () => {
    expect(crc32Base64(crc32(new TextEncoder().encode('123456789')))).toBe('y/Q5Jg==');
  });

  it('computes the same SHA-256 portably as natively', () => {
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const expected = createHash('sha256').update(first).update(second).digest('base64');
        const portable = createPortableSha256();
        const native = createSha256();
        for (const hash of [portable, native]) hash.update(first);
        for (const hash of [portable, native]) hash.update(second);

        expect([portable.digestBase64(), native.digestBase64()]).toEqual([expected, expected]);
      }),
    );
  });

  it('reads content part by part to the checksums of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 1, max: 700 }),
        async (content, size) => {
          const source = openContent(content);
          const sums = new ContentChecksums();
          for (let at = 0; at < content.length; at += size) {
            await sums.addPart(source.part(at, Math.min(content.length, at + size)));
          }

          expect(sums.finish()).toEqual({
            crc32: zlibCrc32(content),
            sha256: createHash('sha256').update(content).digest('base64'),
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});
