import type { MediaFacts } from '../facts.ts';
import type { ByteView } from './byte-view.ts';

/** What the first sample description of a track says. */
export interface Mp4Sample {
  readonly kind: 'sound' | 'picture';
  readonly codec: string;
  readonly facts: Partial<MediaFacts>;
}

const soundCodecs = new Map([
  ['mp4a', 'aac'],
  ['alac', 'alac'],
  ['Opus', 'opus'],
  ['fLaC', 'flac'],
  ['ac-3', 'ac3'],
  ['ec-3', 'eac3'],
  ['.mp3', 'mp3'],
  ['samr', 'amr'],
  ['sawb', 'amr-wb'],
  ['sowt', 'pcm'],
  ['twos', 'pcm'],
  ['lpcm', 'pcm'],
  ['ipcm', 'pcm'],
]);

const pictureCodecs = new Map([
  ['avc1', 'h264'],
  ['avc3', 'h264'],
  ['hvc1', 'h265'],
  ['hev1', 'h265'],
  ['av01', 'av1'],
  ['vp08', 'vp8'],
  ['vp09', 'vp9'],
  ['mp4v', 'mpeg4'],
  ['mjpg', 'jpeg'],
  ['jpeg', 'jpeg'],
]);

/** Codecs that keep samples as they are; for the others the field of bits says nothing about the content. */
const exactCodecs = new Set(['pcm', 'alac', 'flac']);

/** Reads the content of `stsd`; undefined for a track that is neither sound nor picture, as subtitles and time codes. */
export const sampleEntry = (stsd: ByteView): Mp4Sample | undefined => {
  if (stsd.length < 16 || stsd.u32be(4) === 0) return undefined;
  const type = stsd.text(12, 4);
  const soundCodec = soundCodecs.get(type);
  if (soundCodec !== undefined) return sound(stsd, soundCodec);
  const pictureCodec = pictureCodecs.get(type);
  if (pictureCodec === undefined) return undefined;
  return { kind: 'picture', codec: pictureCodec, facts: { width: stsd.u16be(40), height: stsd.u16be(42) } };
};

const sound = (stsd: ByteView, codec: string): Mp4Sample => {
  const [channels, bitDepth, sampleRate] = [stsd.u16be(32), stsd.u16be(34), stsd.u16be(40)];
  if (codec === 'aac') return aacOrMp3(stsd, sampleRate === 0 ? {} : { sampleRate });
  const facts = {
    channels,
    ...(sampleRate === 0 ? {} : { sampleRate }),
    ...(exactCodecs.has(codec) && bitDepth > 0 ? { bitDepth } : {}),
  };
  return { kind: 'sound', codec, facts };
};

const aacRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const aacChannels = [0, 1, 2, 3, 4, 5, 6, 8];

/**
 * `mp4a` is a family: `esds` tells AAC from MP3, and its AudioSpecificConfig has the true channels and rate. The channels in
 * the entry itself are a 2 that writers leave as they found it, so they are not believed.
 */
const aacOrMp3 = (stsd: ByteView, facts: Partial<MediaFacts>): Mp4Sample => {
  const at = stsd.text(44, Math.max(0, stsd.length - 44)).indexOf('esds');
  const stream = at === -1 ? undefined : descriptorContent(stsd, 44 + at + 8, 0x03);
  const decoder = stream === undefined ? undefined : descriptorContent(stsd, stream + 3, 0x04);
  if (decoder === undefined || decoder >= stsd.length) return { kind: 'sound', codec: 'aac', facts };
  if ([0x69, 0x6b].includes(stsd.u8(decoder))) return { kind: 'sound', codec: 'mp3', facts };
  const config = descriptorContent(stsd, decoder + 13, 0x05);
  if (config === undefined || config + 2 > stsd.length) return { kind: 'sound', codec: 'aac', facts };
  const bits = stsd.u16be(config);
  const [sampleRate, channels] = [aacRates[(bits >> 7) & 15], aacChannels[(bits >> 3) & 15]];
  const exact = { ...(sampleRate === undefined ? {} : { sampleRate }), ...(channels ? { channels } : {}) };
  return { kind: 'sound', codec: 'aac', facts: { ...facts, ...exact } };
};

/** Where the content of a descriptor begins: after its tag and a length of one to four bytes. */
const descriptorContent = (view: ByteView, at: number, tag: number): number | undefined => {
  if (at + 5 > view.length || view.u8(at) !== tag) return undefined;
  let length = 1;
  while (length < 4 && view.u8(at + length) >= 0x80) length += 1;
  return at + 1 + length;
};
