import { KiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView } from './byte-view.ts';
import { lastFlacFrame } from './flac-frame.ts';
import { id3Bytes } from './id3.ts';
import { refuse } from './rejection.ts';
import { possibleFacts, samplesMs } from './sanity.ts';

const tailBytes = KiB(64);

/** The first metadata block of every FLAC stream, as far as it says something about the sound. */
export interface StreamInfo {
  readonly minBlock: number;
  readonly maxBlock: number;
  /** 0: not known. */
  readonly maxFrameBytes: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitDepth: number;
  /** Samples a channel; 0: not known. */
  readonly samples: number;
}

/** Reads STREAMINFO and holds it against the last frame, whose checksum tells whether the file is complete. */
export const readFlac = async (source: ByteSource): Promise<MediaFacts> => {
  const start = await id3Bytes(source);
  const bytes = await source.need(start, 42, 'the FLAC header');
  const info = readStreamInfo(new ByteView(bytes, 'the FLAC header'));
  const samples = await samplesAtEnd(source, start + 42, info);
  return possibleFacts({
    format: 'flac',
    codec: 'flac',
    ...(samples === 0 ? {} : { durationMs: samplesMs(samples, info.sampleRate) }),
    sampleRate: info.sampleRate,
    channels: info.channels,
    bitDepth: info.bitDepth,
  });
};

const readStreamInfo = (view: ByteView): StreamInfo => {
  if (view.text(0, 4) !== 'fLaC' || (view.u8(4) & 0x7f) !== 0 || view.u24be(5) !== 34) {
    refuse('unreadable', 'The FLAC file does not begin with its stream information. Encode the recording anew.');
  }
  const packed = view.u32be(18);
  const info = {
    minBlock: view.u16be(8),
    maxBlock: view.u16be(10),
    maxFrameBytes: view.u24be(15),
    sampleRate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bitDepth: ((packed >>> 4) & 31) + 1,
    samples: (packed & 15) * 2 ** 32 + view.u32be(22),
  };
  if (info.minBlock < 16 || info.maxBlock < info.minBlock || info.bitDepth < 4) {
    refuse('impossible-value', 'The FLAC file states impossible block sizes. Encode the recording anew.');
  }
  return possibleFacts({ format: 'flac', sampleRate: info.sampleRate }) && info;
};

/** How many samples the stream has, as its last frame says where that can be seen; otherwise as its header says. */
const samplesAtEnd = async (source: ByteSource, audioStart: number, info: StreamInfo): Promise<number> => {
  const tail = await source.tail(tailBytes);
  if (tail === undefined) return info.samples;
  const from = Math.max(0, audioStart - tail.offset);
  const audio = withoutId3v1(tail.bytes.subarray(from));
  const end = lastFlacFrame(audio, info);
  if (end !== undefined && (info.samples === 0 || end === info.samples)) return end;
  const whole = tail.offset <= audioStart;
  const certain = whole || (info.maxFrameBytes > 0 && info.maxFrameBytes < audio.length);
  if (!certain) return info.samples;
  const found = end === undefined ? 'ends in the middle of a frame' : `ends at sample ${end} of ${info.samples}`;
  return refuse('truncated', `The FLAC file ${found}. Upload the complete file.`);
};

const withoutId3v1 = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.length - 128;
  return at >= 0 && new ByteView(bytes, 'the ID3 tag').text(at, 3) === 'TAG' ? bytes.subarray(0, at) : bytes;
};
