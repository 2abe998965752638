import type { ByteSource } from './byte-source.ts';
import { ByteView } from './byte-view.ts';
import { refuse } from './rejection.ts';

/** Boxes of one level; real files have a few dozen, and fragments are not walked one by one. */
const maxBoxes = 64;

/** One box of an MP4 file: its type and where its content lies. */
export interface Mp4Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Walks the boxes of one level without going into them, at most 64, and only as far as the budget of reads goes; `wanted`
 * tells when enough has been seen.
 */
export const mp4Boxes = async (
  source: ByteSource,
  parent: { readonly start: number; readonly end: number },
  wanted: (boxes: readonly Mp4Box[]) => boolean,
): Promise<readonly Mp4Box[]> => {
  const boxes: Mp4Box[] = [];
  let position = parent.start;
  while (position + 8 <= parent.end && boxes.length < maxBoxes && !wanted(boxes)) {
    const box = await boxAt(source, position, parent.end);
    if (box === undefined) break;
    boxes.push(box);
    position = box.end;
  }
  return boxes;
};

const boxAt = async (source: ByteSource, position: number, parentEnd: number): Promise<Mp4Box | undefined> => {
  const bytes = await source.bytes(position, 16);
  if (bytes === undefined) return undefined;
  const view = new ByteView(bytes, 'an MP4 box');
  const type = view.text(4, 4);
  const [short, long] = [view.u32be(0), view.u32be(0) === 1];
  const length = long ? view.u64be(8) : short === 0 ? parentEnd - position : short;
  const start = position + (long ? 16 : 8);
  const end = position + length;
  if (end < start || !/^[ -~\u00a9]{4}$/.test(type)) {
    refuse('unreadable', `The MP4 file has a broken box at byte ${position}. Export the recording anew.`);
  }
  if (end <= parentEnd) return { type, start, end };
  if (parentEnd !== source.size) {
    refuse('unreadable', `The MP4 file has a box at byte ${position} that is longer than the box around it.`);
  }
  return refuse('truncated', `The MP4 file lacks ${end - parentEnd} bytes at its end. Upload the complete file.`);
};
