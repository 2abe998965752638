import type { ByteSource } from './byte-source.ts';
import { latin1 } from './byte-view.ts';
import { refuse } from './rejection.ts';

/** How many bytes an ID3v2 tag takes at the start of a file; 0 where there is none. Its content is never read. */
export const id3Bytes = async (source: ByteSource): Promise<number> => {
  const header = await source.bytes(0, 10);
  if (header === undefined || header.length < 10 || latin1(header.subarray(0, 3)) !== 'ID3') return 0;
  const [a = 0, b = 0, c = 0, d = 0] = header.subarray(6, 10);
  if ((a | b | c | d) > 127)
    refuse('unreadable', 'The ID3 tag at the start states an impossible length. Remove the tag.');
  const footer = ((header[5] ?? 0) & 0x10) === 0 ? 0 : 10;
  return 10 + ((a << 21) | (b << 14) | (c << 7) | d) + footer;
};
