import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView } from './byte-view.ts';
import { id3Bytes } from './id3.ts';
import { refuse } from './rejection.ts';
import { possibleFacts, samplesMs } from './sanity.ts';

/** Some writers leave padding between tag and first frame; beyond this it is no MP3. */
const maxPaddingBytes = 4096;
/** Frames within this distance are added up where no header counts them. */
const walkedBytes = 60_000;
const bitratesV1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitratesV2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRates = [44_100, 48_000, 32_000];

/** What the four bytes before every frame say. */
export interface Mp3Frame {
  readonly version: 1 | 2 | 2.5;
  readonly kbps: number;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly samples: number;
  readonly bytes: number;
}

/** Reads a frame header of MPEG audio, layer III; undefined for anything else. */
export const mp3Frame = (header: number): Mp3Frame | undefined => {
  const versionBits = (header >>> 19) & 3;
  const rateIndex = (header >>> 10) & 3;
  const bitrateIndex = (header >>> 12) & 15;
  if (header >>> 21 !== 0x7ff || versionBits === 1 || ((header >>> 17) & 3) !== 1) return undefined;
  const baseRate = sampleRates[rateIndex];
  const version = versionBits === 3 ? 1 : versionBits === 2 ? 2 : 2.5;
  const kbps = (version === 1 ? bitratesV1 : bitratesV2)[bitrateIndex];
  if (baseRate === undefined || kbps === undefined || kbps === 0) return undefined;
  const sampleRate = baseRate / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const samples = version === 1 ? 1152 : 576;
  const bytes = Math.floor((samples * kbps * 125) / sampleRate) + ((header >>> 9) & 1);
  return { version, kbps, sampleRate, channels: ((header >>> 6) & 3) === 3 ? 1 : 2, samples, bytes };
};

/**
 * Exact where a Xing, Info or VBRI header counts the frames or all of them are in sight, otherwise estimated from the
 * frames at the beginning.
 */
export const readMp3 = async (source: ByteSource): Promise<MediaFacts> => {
  const { offset, frame } = await firstFrame(source);
  const audioBytes = (await audioEnd(source)) - offset;
  const counted = countHeader(await source.need(offset, frame.bytes, 'the first MP3 frame'), frame);
  if (counted?.bytes !== undefined && counted.bytes > audioBytes + frame.bytes) {
    const found = `counts ${counted.bytes} bytes of audio, but only ${audioBytes} are there`;
    refuse('truncated', `The MP3 file ${found}. Upload the complete file.`);
  }
  const { sampleRate, channels } = frame;
  const seen = counted === undefined ? await walkFrames(source, offset, audioBytes) : undefined;
  const samples =
    seen === undefined ? (counted?.frames ?? 0) * frame.samples : seen.samples * (audioBytes / seen.bytes);
  return possibleFacts({
    format: 'mp3',
    codec: 'mp3',
    durationMs: samplesMs(samples, sampleRate),
    sampleRate,
    channels,
    ...(seen !== undefined && seen.bytes < audioBytes ? { estimated: ['durationMs'] } : {}),
  });
};

/** Adds up the frames from the first one on, as far as a read ahead reaches; there is one at least. */
const walkFrames = async (
  source: ByteSource,
  offset: number,
  audioBytes: number,
): Promise<{ readonly samples: number; readonly bytes: number }> => {
  const view = new ByteView(
    await source.need(offset, Math.min(audioBytes, walkedBytes), 'the MP3 audio'),
    'an MP3 frame',
  );
  let [at, samples] = [0, 0];
  for (;;) {
    const frame = at + 4 <= view.length ? mp3Frame(view.u32be(at)) : undefined;
    if (frame === undefined || at + frame.bytes > view.length) return { samples, bytes: at };
    samples += frame.samples;
    at += frame.bytes;
  }
};

/** The first frame that is followed by another of its kind, or by the end of the file. */
const firstFrame = async (source: ByteSource): Promise<{ offset: number; frame: Mp3Frame }> => {
  const start = await id3Bytes(source);
  if (start >= source.size) refuse('truncated', 'The MP3 file ends within its ID3 tag. Upload the complete file.');
  const bytes = await source.bytes(start, maxPaddingBytes + 4);
  const view = new ByteView(bytes ?? new Uint8Array(0), 'the MP3 header');
  for (let at = 0; at + 4 <= view.length; at += 1) {
    if (view.u8(at) !== 0xff) continue;
    const frame = mp3Frame(view.u32be(at));
    if (frame !== undefined && (await leadsOn(source, start + at, frame))) return { offset: start + at, frame };
  }
  return refuse('unreadable', 'No MP3 audio follows where it should begin. Export the recording anew as MP3.');
};

const leadsOn = async (source: ByteSource, offset: number, frame: Mp3Frame): Promise<boolean> => {
  const next = await source.bytes(offset + frame.bytes, 4);
  if (next === undefined) return false;
  if (next.length < 4) return offset + frame.bytes <= source.size;
  const view = new ByteView(next, 'an MP3 frame');
  if (view.text(0, 3) === 'TAG' || view.text(0, 4) === 'APET') return true;
  const following = mp3Frame(view.u32be(0));
  return following?.version === frame.version && following.sampleRate === frame.sampleRate;
};

/** Where the audio ends: before an ID3v1 tag, which takes the last 128 bytes. */
const audioEnd = async (source: ByteSource): Promise<number> => {
  const tail = await source.tail(128);
  if (tail === undefined || tail.bytes.length < 128) return source.size;
  return new ByteView(tail.bytes, 'the ID3 tag').text(0, 3) === 'TAG' ? source.size - 128 : source.size;
};

interface FrameCount {
  readonly frames: number;
  readonly bytes: number | undefined;
}

const countHeader = (bytes: Uint8Array, frame: Mp3Frame): FrameCount | undefined => {
  const view = new ByteView(bytes, 'the first MP3 frame');
  const sideInfo = frame.version === 1 ? (frame.channels === 1 ? 17 : 32) : frame.channels === 1 ? 9 : 17;
  return xing(view, 4 + sideInfo) ?? vbri(view);
};

const xing = (view: ByteView, at: number): FrameCount | undefined => {
  if (view.length < at + 16 || !['Xing', 'Info'].includes(view.text(at, 4))) return undefined;
  const flags = view.u32be(at + 4);
  const frames = (flags & 1) === 0 ? 0 : view.u32be(at + 8);
  if (frames === 0) return undefined;
  return { frames, bytes: (flags & 3) === 3 ? view.u32be(at + 12) : undefined };
};

const vbri = (view: ByteView): FrameCount | undefined => {
  if (view.length < 54 || view.text(36, 4) !== 'VBRI') return undefined;
  const frames = view.u32be(50);
  return frames === 0 ? undefined : { frames, bytes: view.u32be(46) };
};
