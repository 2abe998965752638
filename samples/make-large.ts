import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const sampleRate = 16_000;
const bytesPerSecond = sampleRate * 2;

/** The 44 bytes before the samples of a mono WAV of 16 bits. */
const wavHeader = (dataBytes: number): Buffer => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(bytesPerSecond, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
};

/** A spoken WAV of any length: the spoken sample again and again, with a pause of a second between. */
export const makeSpoken = async (folder: string, target: string, seconds: number): Promise<void> => {
  const spoken = readFileSync(join(folder, 'turn-on-light.wav')).subarray(44);
  const phrase = Buffer.concat([spoken, Buffer.alloc(bytesPerSecond)]);
  const dataBytes = seconds * bytesPerSecond;
  const content = function* (): Generator<Buffer> {
    yield wavHeader(dataBytes);
    for (let left = dataBytes; left > 0; left -= phrase.length) yield phrase.subarray(0, left);
  };
  await pipeline(Readable.from(content()), createWriteStream(target));
};

/** A WAV of up to 3 GiB in all, of noise that no two mebibytes repeat; it is never in memory as a whole. */
export const makeLarge = async (target: string, gib: number): Promise<void> => {
  const dataBytes = gib * 1024 ** 3 - 44;
  const content = function* (): Generator<Buffer> {
    yield wavHeader(dataBytes);
    let state = 1;
    for (let left = dataBytes; left > 0; left -= 1024 ** 2) {
      const words = new Uint32Array(1024 ** 2 / 4);
      for (let at = 0; at < words.length; at += 1) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        words[at] = state >>> 0;
      }
      yield Buffer.from(words.buffer).subarray(0, left);
    }
  };
  await pipeline(Readable.from(content()), createWriteStream(target));
};
