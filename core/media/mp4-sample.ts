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
  const facts = {
    channels,
    ...(sampleRate === 0 ? {} : { sampleRate }),
    ...(exactCodecs.has(codec) && bitDepth > 0 ? { bitDepth } : {}),
  };
  return { kind: 'sound', codec: codec === 'aac' && isMp3(stsd) ? 'mp3' : codec, facts };
};

/** `mp4a` is a family: the object type in `esds`, two descriptors deep, tells AAC from MP3. */
const isMp3 = (stsd: ByteView): boolean => {
  const at = stsd.text(44, Math.max(0, stsd.length - 44)).indexOf('esds');
  if (at === -1) return false;
  const stream = descriptorContent(stsd, 44 + at + 8, 0x03);
  const decoder = stream === undefined ? undefined : descriptorContent(stsd, stream + 3, 0x04);
  if (decoder === undefined || decoder >= stsd.length) return false;
  return [0x69, 0x6b].includes(stsd.u8(decoder));
};

/** Where the content of a descriptor begins: after its tag and a length of one to four bytes. */
const descriptorContent = (view: ByteView, at: number, tag: number): number | undefined => {
  if (at + 5 > view.length || view.u8(at) !== tag) return undefined;
  let length = 1;
  while (length < 4 && view.u8(at + length) >= 0x80) length += 1;
  return at + 1 + length;
};
