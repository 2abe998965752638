import type { AcceptedFormat } from '../data-class.ts';
import { latin1 } from './byte-view.ts';
import { mp3Frame } from './mp3.ts';

/** What the first bytes of a content show; beyond the formats that classes accept, others are named for the message. */
export type DetectedFormat = Exclude<AcceptedFormat['format'], 'binary' | 'json'> | OtherFormat | 'unknown';

/** Formats that no class accepts by name. */
export type OtherFormat = (typeof signatures)[number]['format'] | 'heic' | 'mov' | 'aac' | 'webp' | 'avi';

interface Signature {
  readonly format: string;
  readonly start: string;
}

const signatures = [
  { format: 'pdf', start: '%PDF-' },
  { format: 'zip', start: 'PK\u0003\u0004' },
  { format: 'zip', start: 'PK\u0005\u0006' },
  { format: 'gzip', start: '\u001f\u008b' },
  { format: 'zstd', start: '\u0028\u00b5\u002f\u00fd' },
  { format: 'gif', start: 'GIF8' },
  { format: 'tiff', start: 'II*\0' },
  { format: 'tiff', start: 'MM\0*' },
  { format: 'matroska', start: '\u001a\u0045\u00df\u00a3' },
  { format: 'aiff', start: 'FORM' },
  { format: 'amr', start: '#!AMR' },
  { format: 'program', start: '\u007fELF' },
  { format: 'program', start: 'MZ' },
  { format: 'script', start: '#!/' },
  { format: 'playlist', start: '#EXTM3U' },
  { format: 'playlist', start: 'ffconcat' },
] as const satisfies readonly Signature[];

/** Names the format of a content by its first bytes; 64 are enough, an ID3 tag counts as MP3 or FLAC by what follows it. */
export const detectFormat = (head: Uint8Array, afterId3?: Uint8Array): DetectedFormat => {
  const text = latin1(head.subarray(0, 64));
  const container = containerOf(text);
  if (container !== undefined) return container;
  if (text.startsWith('ID3'))
    return afterId3 !== undefined && latin1(afterId3.subarray(0, 4)) === 'fLaC' ? 'flac' : 'mp3';
  if (text.startsWith('\u00ff\u00d8\u00ff')) return 'jpeg';
  if (text.startsWith('\u0089PNG\r\n\u001a\n')) return 'png';
  const named = signatures.find(({ start }) => text.startsWith(start));
  if (named !== undefined) return named.format;
  return frameOf(head) ?? (looksLikeText(head) ? 'text' : 'unknown');
};

const containerOf = (text: string): DetectedFormat | undefined => {
  const [start, kind] = [text.slice(0, 4), text.slice(8, 12)];
  if (['RIFF', 'RF64', 'BW64'].includes(start))
    return ({ WAVE: 'wav', WEBP: 'webp', 'AVI ': 'avi' } as const)[kind] ?? 'unknown';
  if (start === 'fLaC') return 'flac';
  if (start === 'OggS') return 'ogg';
  if (text.slice(4, 8) !== 'ftyp') return undefined;
  if (kind === 'qt  ') return 'mov';
  return ['heic', 'heix', 'mif1', 'msf1', 'avif'].includes(kind) ? 'heic' : 'mp4';
};

/** MPEG audio has no signature, only a pattern of bits before every frame; ADTS frames of AAC look alike. */
const frameOf = (head: Uint8Array): DetectedFormat | undefined => {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0xff && (b & 0xf6) === 0xf0) return 'aac';
  return mp3Frame(((a << 24) | (b << 16) | (c << 8) | d) >>> 0) === undefined ? undefined : 'mp3';
};

const looksLikeText = (head: Uint8Array): boolean =>
  head.every(
    (byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x0c || byte === 0x1b,
  );
