import { KiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView, latin1, placesBackwards } from './byte-view.ts';
import { refuse } from './rejection.ts';
import { possibleFacts, samplesMs } from './sanity.ts';

/** A page takes 65,307 bytes at most, so the last one begins within this distance of the end. */
const tailBytes = KiB(64);
const maxStreams = 8;
const noPosition = 0xffffffff;

interface OggStream {
  readonly serial: number;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** Positions count samples of this rate, which for Opus is not the rate of the recording. */
  readonly positionRate: number;
  readonly preSkip: number;
  readonly bitDepth?: number;
}

/** Reads the stream's first page and the position of its last one. */
export const readOgg = async (source: ByteSource): Promise<MediaFacts> => {
  const stream = await firstSound(source);
  const last = await lastPosition(source, stream.serial);
  const samples = last === undefined ? undefined : Math.max(0, last - stream.preSkip);
  if (samples === 0) refuse('no-media', 'The Ogg file holds no audio. Was the recorder stopped too early?');
  return possibleFacts({
    format: 'ogg',
    codec: stream.codec,
    ...(samples === undefined ? {} : { durationMs: samplesMs(samples, stream.positionRate) }),
    sampleRate: stream.sampleRate,
    channels: stream.channels,
    ...(stream.bitDepth === undefined ? {} : { bitDepth: stream.bitDepth }),
  });
};

/** The streams of a file all begin before the first of them goes on; the first that is sound counts. */
const firstSound = async (source: ByteSource): Promise<OggStream> => {
  let position = 0;
  for (let count = 0; count < maxStreams && position < source.size; count += 1) {
    const page = new ByteView(await source.need(position, 27, 'an Ogg page'), 'an Ogg page');
    if (page.text(0, 4) !== 'OggS' || page.u8(4) !== 0 || (page.u8(5) & 2) === 0) break;
    const lacing = await source.need(position + 27, page.u8(26), 'an Ogg page');
    const bodyBytes = lacing.reduce((sum, length) => sum + length, 0);
    const body = await source.need(position + 27 + lacing.length, bodyBytes, 'an Ogg page');
    const stream = soundStream(new ByteView(body, 'the Ogg header'), page.u32le(14));
    if (stream !== undefined) return stream;
    position += 27 + lacing.length + bodyBytes;
  }
  return refuse(
    'unreadable',
    'The Ogg file begins with no Vorbis, Opus, FLAC or Speex audio. Export it as one of these.',
  );
};

const soundStream = (body: ByteView, serial: number): OggStream | undefined => {
  const start = latin1(body.bytes.subarray(0, 8));
  if (start.startsWith('\u0001vorbis')) {
    const sampleRate = body.u32le(12);
    return { serial, codec: 'vorbis', channels: body.u8(11), sampleRate, positionRate: sampleRate, preSkip: 0 };
  }
  if (start === 'OpusHead') {
    const [channels, preSkip] = [body.u8(9), body.u16le(10)];
    return { serial, codec: 'opus', channels, sampleRate: 48_000, positionRate: 48_000, preSkip };
  }
  if (start.startsWith('\u007fFLAC')) {
    const packed = body.u32be(27);
    const [sampleRate, bitDepth] = [packed >>> 12, ((packed >>> 4) & 31) + 1];
    const channels = ((packed >>> 9) & 7) + 1;
    return { serial, codec: 'flac', channels, sampleRate, positionRate: sampleRate, preSkip: 0, bitDepth };
  }
  if (start === 'Speex   ') {
    const sampleRate = body.u32le(36);
    return { serial, codec: 'speex', channels: body.u32le(48), sampleRate, positionRate: sampleRate, preSkip: 0 };
  }
  return undefined;
};

/** The position that the last page of the stream states; pages on which no packet ends state none. */
const lastPosition = async (source: ByteSource, serial: number): Promise<number | undefined> => {
  const tail = await source.tail(tailBytes);
  if (tail === undefined) return undefined;
  const view = new ByteView(tail.bytes, 'the last Ogg page');
  let end = view.length;
  let position: number | undefined;
  for (const at of placesBackwards(view.bytes, 0x4f, view.length - 27)) {
    if (view.text(at, 4) !== 'OggS') continue;
    if (pageEnd(view, at) !== end) {
      if (end !== view.length) continue;
      refuse('truncated', 'The Ogg file ends in the middle of a page. Upload the complete file.');
    }
    end = at;
    if (view.u32le(at + 14) === serial) position = pagePosition(view, at);
    if (position !== undefined) break;
  }
  if (end === view.length) refuse('truncated', 'The Ogg file does not end with a page. Upload the complete file.');
  return position;
};

const pageEnd = (view: ByteView, at: number): number => {
  const segments = view.u8(at + 26);
  if (at + 27 + segments > view.length) return Number.POSITIVE_INFINITY;
  return view.bytes.subarray(at + 27, at + 27 + segments).reduce((sum, length) => sum + length, at + 27 + segments);
};

const pagePosition = (view: ByteView, at: number): number | undefined =>
  view.u32le(at + 6) === noPosition && view.u32le(at + 10) === noPosition ? undefined : view.u64le(at + 6);
