import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Spoils a good sample of each kind in the way that happens to people, or that somebody does on purpose. */
export const makeWrong = (folder: string): void => {
  const good = (name: string): Buffer => readFileSync(join(folder, name));
  const write = (name: string, content: Uint8Array | string): void =>
    writeFileSync(join(folder, 'wrong', name), content);
  const [wav, png, jpeg] = [good('turn-on-light.wav'), good('drawn-face.png'), good('drawn-face.jpg')];
  write('cut-off.wav', wav.subarray(0, Math.floor(wav.length / 2)));
  write('no-channels.wav', patched(wav, 22, [0, 0]));
  write('nothing.wav', '');
  write('picture-named.mp3', png);
  write('cut-off.flac', good('open-garage.flac').subarray(0, 12_000));
  write('cut-off.ogg', good('witness.ogg').subarray(0, 9_000));
  write('unfinished.m4a', withoutIndex(good('call.m4a')));
  write('page-named.jpg', '<!doctype html><html><body><p>Not a picture.</p></body></html>\n');
  write('archive-attached.jpg', Buffer.concat([jpeg, emptyArchive]));
  write('cut-off.jpg', jpeg.subarray(0, jpeg.length - 2_000));
  write('endless.png', hugePng(png));
  write('cut-off.json', good('field-note.transcript.json').subarray(0, 300));
  write('latin-1.txt', Buffer.from('Das Wasser ist zwei H\u00e4nde h\u00f6her.\n', 'latin1'));
};

const patched = (bytes: Buffer, at: number, values: number[]): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
};

/** An archive without entries is its end record alone. */
const emptyArchive = Buffer.concat([Buffer.from('PK\u0005\u0006', 'latin1'), Buffer.alloc(18)]);

/** What is left where a recorder is stopped before it writes the index at the end. */
const withoutIndex = (mp4: Buffer): Buffer => {
  const at = mp4.indexOf('moov') - 4;
  return Buffer.concat([mp4.subarray(0, at), mp4.subarray(at + mp4.readUInt32BE(at))]);
};

/** A header that states a picture of 10⁹ by 10⁹ pixels, with a checksum that fits. */
const hugePng = (png: Buffer): Buffer => {
  const header = Buffer.from(png.subarray(12, 29));
  header.writeUInt32BE(1_000_000_000, 4);
  header.writeUInt32BE(1_000_000_000, 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(header));
  return Buffer.concat([png.subarray(0, 12), header, sum, png.subarray(33)]);
};
