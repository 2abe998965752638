import { KiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView, placesBackwards } from './byte-view.ts';
import { type Mp4Box, mp4Boxes } from './mp4-box.ts';
import { type Mp4Sample, sampleEntry } from './mp4-sample.ts';
import { refuse } from './rejection.ts';
import { possibleFacts, samplesMs } from './sanity.ts';

/** Tracks that are looked at; a recording has one or two. */
const maxTracks = 4;
/** A fragment of a live recording is a few seconds of sound. */
const tailBytes = KiB(64);

interface Timing {
  readonly scale: number;
  /** Undefined where the file leaves it open, as fragmented files do. */
  readonly duration: number | undefined;
}

interface Track extends Mp4Sample {
  readonly timing: Timing;
}

/** Reads `moov` wherever it stands, by box headers alone: tables of samples are stepped over, content is never touched. */
export const readMp4 = async (source: ByteSource): Promise<MediaFacts> => {
  const moov = await findMoov(source);
  const boxes = await mp4Boxes(source, moov, (seen) => only(seen, 'trak').length > maxTracks);
  const header = only(boxes, 'mvhd')[0] ?? refuse('unreadable', 'The MP4 file has no movie header. Export it anew.');
  const movie = await readTiming(source, header);
  const tracks: Track[] = [];
  for (const box of only(boxes, 'trak').slice(0, maxTracks)) {
    const track = await readTrack(source, box);
    if (track !== undefined) tracks.push(track);
  }
  const facts = combine(tracks, await longest(source, boxes, movie));
  return facts.durationMs === undefined ? withFragments(source, tracks, facts) : facts;
};

/** A second index is looked for among the boxes right behind the first; fragments go on and on. */
const boxesBehindMoov = 3;

const findMoov = async (source: ByteSource): Promise<Mp4Box> => {
  const enough = (seen: readonly Mp4Box[]): boolean =>
    only(seen.slice(0, -boxesBehindMoov), 'moov').length > 0 || only(seen, 'moov').length > 1;
  const boxes = await mp4Boxes(source, { start: 0, end: source.size }, enough);
  const [moov, second] = only(boxes, 'moov');
  if (second !== undefined) refuse('unreadable', 'The MP4 file has two indexes (moov). Export the recording anew.');
  if (moov !== undefined) return moov;
  if ((boxes.at(-1)?.end ?? 0) + 8 <= source.size) {
    refuse('too-complex', 'The MP4 file hides its index (moov) behind too many boxes. Export the recording anew.');
  }
  return refuse('unreadable', 'The MP4 file has no index (moov). Was the recorder stopped before it could write it?');
};

const only = (boxes: readonly Mp4Box[], type: string): Mp4Box[] => boxes.filter((box) => box.type === type);

const first = async (source: ByteSource, parent: Mp4Box, type: string): Promise<Mp4Box | undefined> =>
  only(await mp4Boxes(source, parent, (seen) => seen.at(-1)?.type === type), type)[0];

/** `mvhd` and `mdhd` begin alike: version, times, units a second, duration. */
const readTiming = async (source: ByteSource, box: Mp4Box): Promise<Timing> => {
  const bytes = await source.need(box.start, Math.min(box.end - box.start, 32), 'the MP4 header');
  const view = new ByteView(bytes, 'the MP4 header');
  const wide = view.u8(0) === 1;
  const scale = view.u32be(wide ? 20 : 12);
  const duration = wide ? view.u64be(24) : view.u32be(16);
  const open = duration === 0 || duration === (wide ? Number.MAX_SAFE_INTEGER : 0xffffffff);
  if (scale === 0) refuse('impossible-value', 'The MP4 file states 0 units a second. Export the recording anew.');
  return { scale, duration: open ? undefined : duration };
};

const readTrack = async (source: ByteSource, trak: Mp4Box): Promise<Track | undefined> => {
  const mdia = await first(source, trak, 'mdia');
  if (mdia === undefined) return undefined;
  const parts = await mp4Boxes(source, mdia, () => false);
  const [header, minf] = [only(parts, 'mdhd')[0], only(parts, 'minf')[0]];
  const stbl = minf && (await first(source, minf, 'stbl'));
  const stsd = stbl && (await first(source, stbl, 'stsd'));
  if (header === undefined || stsd === undefined) return undefined;
  const timing = await readTiming(source, header);
  const entry = await source.need(stsd.start, Math.min(stsd.end - stsd.start, 1024), 'the MP4 track');
  const sample = sampleEntry(new ByteView(entry, 'the MP4 track'));
  return sample && { ...sample, timing };
};

/** The movie's length in milliseconds; a fragmented file may tell it in `mvex`. */
const longest = async (source: ByteSource, boxes: readonly Mp4Box[], movie: Timing): Promise<number | undefined> => {
  if (movie.duration !== undefined) return samplesMs(movie.duration, movie.scale);
  const mvex = only(boxes, 'mvex')[0];
  const mehd = mvex && (await first(source, mvex, 'mehd'));
  if (mehd === undefined) return undefined;
  const view = new ByteView(await source.need(mehd.start, mehd.end - mehd.start > 8 ? 12 : 8, 'the MP4 header'), '');
  const duration = view.u8(0) === 1 ? view.u64be(4) : view.u32be(4);
  return duration === 0 ? undefined : samplesMs(duration, movie.scale);
};

const combine = (tracks: readonly Track[], movieMs: number | undefined): MediaFacts => {
  const sound = tracks.find((track) => track.kind === 'sound');
  const picture = tracks.find((track) => track.kind === 'picture');
  if (sound === undefined && picture === undefined) {
    refuse('no-media', 'The MP4 file has neither a sound nor a picture track that can be read. Export it anew.');
  }
  const { scale, duration } = (sound ?? picture)?.timing ?? { scale: 1, duration: undefined };
  const trackMs = duration === undefined ? undefined : samplesMs(duration, scale);
  const durationMs = movieMs ?? trackMs;
  const codec = [picture?.codec, sound?.codec].filter((name) => name !== undefined).join('+');
  const facts = { format: 'mp4', codec, ...(durationMs === undefined ? {} : { durationMs }), ...sound?.facts };
  return possibleFacts({ ...facts, ...picture?.facts });
};

/** A live recording says its length nowhere: the time at which its last fragment begins is nearly that. */
const withFragments = async (source: ByteSource, tracks: readonly Track[], facts: MediaFacts): Promise<MediaFacts> => {
  const [track, second] = tracks;
  const time = track === undefined || second !== undefined ? undefined : await lastFragmentTime(source);
  if (track === undefined || time === undefined || time === 0) return facts;
  return possibleFacts({ ...facts, durationMs: samplesMs(time, track.timing.scale), estimated: ['durationMs'] });
};

/** The decode time in the last `tfdt` box, where the end of the file shows one. */
const lastFragmentTime = async (source: ByteSource): Promise<number | undefined> => {
  const tail = await source.tail(tailBytes);
  if (tail === undefined) return undefined;
  const view = new ByteView(tail.bytes, 'the last fragment');
  for (const at of placesBackwards(tail.bytes, 0x74, tail.bytes.length - 16)) {
    if (view.text(at, 4) === 'tfdt') return view.u8(at + 4) === 1 ? view.u64be(at + 8) : view.u32be(at + 8);
  }
  return undefined;
};
