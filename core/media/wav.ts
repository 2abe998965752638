import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView } from './byte-view.ts';
import { refuse } from './rejection.ts';
import { possibleFacts, samplesMs } from './sanity.ts';

/** Chunks before the audio; real files have fewer than ten. */
const maxChunks = 64;
const unknownSize = 0xffffffff;

interface WavFormat {
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly byteRate: number;
  readonly blockAlign: number;
  readonly bitDepth: number;
}

interface WavHeader {
  readonly format: WavFormat;
  /** Samples a channel, as the `fact` chunk of compressed audio says. */
  readonly samples: number | undefined;
  readonly dataStart: number;
  readonly dataBytes: number;
  /** The header leaves the length open, as recorders that write to a pipe do. */
  readonly openEnd: boolean;
}

const extensible = 0xfffe;
const linearTags = new Map([
  [1, 'pcm'],
  [3, 'float'],
  [6, 'alaw'],
  [7, 'mulaw'],
]);
const packedTags = new Map([
  [2, 'adpcm-ms'],
  [0x11, 'adpcm-ima'],
  [0x31, 'gsm'],
  [0x50, 'mp2'],
  [0x55, 'mp3'],
]);

/** Reads RIFF, RF64 and BW64 WAVE headers; the length comes from the data chunk and is held against the size of the file. */
export const readWav = async (source: ByteSource): Promise<MediaFacts> => {
  const header = await readHeader(source);
  await checkEnd(source, header);
  await checkSamples(source, header);
  const { format } = header;
  const { durationMs, estimated } = duration(header);
  return possibleFacts({
    format: 'wav',
    codec: codecName(format.tag),
    ...(durationMs === undefined ? {} : { durationMs }),
    sampleRate: format.sampleRate,
    channels: format.channels,
    ...(linearTags.has(format.tag) ? { bitDepth: format.bitDepth } : {}),
    ...(estimated ? { estimated: ['durationMs'] } : {}),
  });
};

const readHeader = async (source: ByteSource): Promise<WavHeader> => {
  let format: WavFormat | undefined;
  let samples: number | undefined;
  let longDataBytes: number | undefined;
  let position = 12;
  for (let count = 0; count < maxChunks; count += 1) {
    const chunk = new ByteView(await source.need(position, 8, 'the WAV header'), 'the WAV header');
    const id = chunk.text(0, 4);
    const bytes = chunk.u32le(4);
    if (id === 'data') {
      return dataChunk(source, { format, samples, longDataBytes, dataStart: position + 8, declared: bytes });
    }
    if (id === 'fmt ') {
      if (format !== undefined) refuse('unreadable', 'The WAV file describes its format twice. Save the file anew.');
      format = readFormat(await source.need(position + 8, Math.min(bytes, 40), 'the WAV format'));
    }
    if (id === 'fact') samples = new ByteView(await source.need(position + 8, 4, 'the WAV header'), '').u32le(0);
    if (id === 'ds64') longDataBytes = new ByteView(await source.need(position + 16, 8, 'the WAV header'), '').u64le(0);
    position += 8 + bytes + (bytes % 2);
  }
  return refuse('too-complex', `The WAV file has more than ${maxChunks} chunks before its audio. Save the file anew.`);
};

const readFormat = (bytes: Uint8Array): WavFormat => {
  const view = new ByteView(bytes, 'the WAV format');
  const tag = view.u16le(0);
  const format = {
    tag: tag === extensible ? view.u16le(24) : tag,
    channels: view.u16le(2),
    sampleRate: view.u32le(4),
    byteRate: view.u32le(8),
    blockAlign: view.u16le(12),
    bitDepth: view.u16le(14),
  };
  possibleFacts({ format: 'wav', channels: format.channels, sampleRate: format.sampleRate });
  if (!linearTags.has(format.tag)) return format;
  const blockAlign = format.channels * Math.ceil(format.bitDepth / 8);
  if (format.bitDepth >= 1 && format.blockAlign === blockAlign) return format;
  const found = `${format.channels} channels of ${format.bitDepth} bits in blocks of ${format.blockAlign} bytes`;
  return refuse('impossible-value', `The WAV file states ${found}, which cannot be. Save the file anew.`);
};

interface DataChunk {
  readonly format: WavFormat | undefined;
  readonly samples: number | undefined;
  readonly longDataBytes: number | undefined;
  readonly dataStart: number;
  readonly declared: number;
}

const dataChunk = (source: ByteSource, chunk: DataChunk): WavHeader => {
  const format =
    chunk.format ?? refuse('unreadable', 'The WAV file does not describe its format before its audio. Save it anew.');
  const declared = chunk.declared === unknownSize ? chunk.longDataBytes : chunk.declared;
  const there = source.size - chunk.dataStart;
  if (declared === 0 || there === 0) {
    refuse('no-media', 'The WAV file holds no audio. Was the recorder stopped before it could finish the file?');
  }
  if (declared !== undefined && declared > there) {
    const found = `states ${declared} bytes of audio, but only ${there} are there`;
    refuse('truncated', `The WAV file ${found}. Upload the complete file.`);
  }
  const { samples, dataStart } = chunk;
  return { format, samples, dataStart, dataBytes: declared ?? there, openEnd: declared === undefined };
};

/** What follows the audio has to be another chunk; anything else means that the length is a lie or a second file is attached. */
const checkEnd = async (source: ByteSource, { dataStart, dataBytes }: WavHeader): Promise<void> => {
  const end = dataStart + dataBytes;
  const riff = new ByteView(await source.need(0, 8, 'the WAV header'), 'the WAV header');
  const stated = riff.u32le(4);
  if (riff.text(0, 4) === 'RIFF' && stated !== 0 && stated !== unknownSize && stated + 8 < end) {
    refuse(
      'unreadable',
      `The WAV file states ${stated + 8} bytes, yet its audio ends at byte ${end}. Save the file anew.`,
    );
  }
  const after = await source.bytes(end, 9);
  if (after === undefined || after.length < 8 || after.every((byte) => byte === 0)) return;
  const chunkAt = (at: number): boolean => {
    const view = new ByteView(after.subarray(at, at + 8), 'the WAV file');
    return view.length === 8 && /^[ -~]{4}$/.test(view.text(0, 4)) && end + at + 8 + view.u32le(4) <= source.size + 1;
  };
  if (chunkAt(dataBytes % 2) || chunkAt(0)) return;
  refuse('unreadable', `The WAV file goes on after its audio with something that is no WAV. Save the file anew.`);
};

/** Floating-point audio that is not a number breaks whatever plays it; the samples of the first read are looked at. */
const checkSamples = async (source: ByteSource, { format, dataStart, dataBytes }: WavHeader): Promise<void> => {
  const width = format.bitDepth / 8;
  if (format.tag !== 3 || (width !== 4 && width !== 8)) return;
  const bytes = await source.bytes(dataStart, Math.min(dataBytes, 16_384));
  if (bytes === undefined) return;
  const view = new ByteView(bytes, 'the WAV audio');
  for (let at = 0; at + width <= view.length; at += width) {
    if (Number.isFinite(width === 4 ? view.f32le(at) : view.f64le(at))) continue;
    refuse('impossible-value', 'The WAV file has samples that are not numbers. Export the recording anew.');
  }
};

const duration = (header: WavHeader): { durationMs?: number; estimated: boolean } => {
  const { format, samples, dataBytes, openEnd } = header;
  if (linearTags.has(format.tag)) {
    return { durationMs: samplesMs(Math.floor(dataBytes / format.blockAlign), format.sampleRate), estimated: openEnd };
  }
  if (samples !== undefined && samples > 0)
    return { durationMs: samplesMs(samples, format.sampleRate), estimated: false };
  return format.byteRate === 0
    ? { estimated: false }
    : { durationMs: samplesMs(dataBytes, format.byteRate), estimated: true };
};

const codecName = (tag: number): string =>
  linearTags.get(tag) ?? packedTags.get(tag) ?? `wave-0x${tag.toString(16).padStart(4, '0')}`;
