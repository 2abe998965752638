import type { AcceptedFormat, DataClass } from '../data-class.ts';
import type { MediaFacts } from '../facts.ts';
import { ByteSource, type RangedReader, type ReadBudget } from './byte-source.ts';
import { type DetectedFormat, detectFormat } from './detect.ts';
import { readFlac } from './flac.ts';
import { id3Bytes } from './id3.ts';
import { readJpeg } from './jpeg.ts';
import { readMp3 } from './mp3.ts';
import { readMp4 } from './mp4.ts';
import { readOgg } from './ogg.ts';
import { readPng } from './png.ts';
import { checkPolyglot } from './polyglot.ts';
import { Refusal, type Rejection, refuse } from './rejection.ts';
import { readJson, readText } from './text.ts';
import { readWav } from './wav.ts';

/** What is known of a content after a look at it, or why it is refused. */
export type Inspected = { readonly media: MediaFacts } | { readonly rejection: Rejection };

type Format = AcceptedFormat['format'];

const readers: Record<Exclude<Format, 'binary'>, (source: ByteSource) => Promise<MediaFacts>> = {
  wav: readWav,
  flac: readFlac,
  mp3: readMp3,
  ogg: readOgg,
  mp4: readMp4,
  jpeg: readJpeg,
  png: readPng,
  json: readJson,
  text: readText,
};

/** A content type without its parameters, in lower case. */
export const plainContentType = (contentType: string): string =>
  (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

/** The format that a class has in mind for a content type; undefined where it does not take the type. */
export const acceptedFormat = (dataClass: DataClass, contentType: string): Format | undefined =>
  dataClass.accepts.find(({ contentTypes }) => contentTypes.includes(plainContentType(contentType)))?.format;

/**
 * Looks at a content through few and bounded reads: is it what it is declared as, and what does its header say? Answers for
 * every sequence of bytes; only a failing read is thrown.
 */
export const inspectMedia = async (
  reader: RangedReader,
  dataClass: DataClass,
  contentType: string,
  budget?: ReadBudget,
): Promise<Inspected> => {
  try {
    const format =
      acceptedFormat(dataClass, contentType) ?? refuse('type-not-accepted', notAccepted(dataClass, contentType));
    if (reader.size === 0) refuse('empty', 'The file is empty. Upload a file with content.');
    return { media: await mediaFacts(new ByteSource(reader, budget), format, dataClass) };
  } catch (error) {
    if (error instanceof Refusal) return { rejection: error.rejection };
    throw error;
  }
};

const mediaFacts = async (source: ByteSource, format: Format, { inspect }: DataClass): Promise<MediaFacts> => {
  if (format === 'binary') return { format };
  const detected = await detect(source);
  if (!matches(format, detected)) refuse('type-mismatch', mismatch(format, detected));
  if (format !== 'json' && format !== 'text') await checkPolyglot(source);
  return inspect === 'none' ? { format } : readers[format](source);
};

const detect = async (source: ByteSource): Promise<DetectedFormat> => {
  const head = (await source.bytes(0, 64)) ?? new Uint8Array(0);
  const tag = await id3Bytes(source);
  return detectFormat(head, tag === 0 ? undefined : await source.bytes(tag, 4));
};

/** JSON is a text with rules; a text may begin as it likes, as long as it is no other format that begins with letters. */
const matches = (format: Format, detected: DetectedFormat): boolean =>
  format === detected || (format === 'json' && detected === 'text') || (format === 'text' && detected === 'script');

const names: Record<Format | DetectedFormat, string> = {
  wav: 'a WAV recording',
  flac: 'a FLAC recording',
  mp3: 'an MP3 recording',
  ogg: 'an Ogg recording',
  mp4: 'an MP4 file',
  aac: 'an AAC stream',
  aiff: 'an AIFF recording',
  amr: 'an AMR recording',
  avi: 'an AVI film',
  mov: 'a QuickTime film',
  matroska: 'a Matroska or WebM file',
  playlist: 'a playlist',
  jpeg: 'a JPEG picture',
  png: 'a PNG picture',
  gif: 'a GIF picture',
  heic: 'a HEIC or AVIF picture',
  tiff: 'a TIFF picture',
  webp: 'a WebP picture',
  json: 'a JSON document',
  text: 'a plain text',
  pdf: 'a PDF document',
  zip: 'a ZIP archive (or an office document)',
  gzip: 'a gzip archive',
  zstd: 'a Zstandard archive',
  program: 'a program',
  script: 'a script',
  binary: 'bytes of any kind',
  unknown: 'of no format that is known here',
};

const mismatch = (declared: Format, detected: DetectedFormat): string =>
  `The file was declared as ${names[declared]}, but its content is ${names[detected]}. Convert it, or declare what it is.`;

const notAccepted = ({ name, accepts }: DataClass, contentType: string): string => {
  const allowed = accepts.flatMap(({ contentTypes }) => contentTypes).join(', ');
  const given = plainContentType(contentType).slice(0, 80) || 'none';
  return `The class ${name} does not take the content type ${given}. It takes ${allowed}.`;
};
