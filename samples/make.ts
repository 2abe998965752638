/**
 * Makes the sample files of this folder, and the large ones that are not kept here.
 *
 *     npx node samples/make.ts                        the small files (needs the Debian packages below)
 *     npx node samples/make.ts spoken talk.wav 180    a spoken WAV of 180 seconds (needs nothing)
 *     npx node samples/make.ts large big.wav 2        a WAV of 2 GiB, written as a stream (needs nothing)
 *
 * Packages for the small files: espeak-ng sox libsox-fmt-all flac lame vorbis-tools ffmpeg imagemagick libimage-exiftool-perl.
 * Every voice is synthetic and every face is drawn; nobody real is in any file.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeDocuments } from './make-documents.ts';
import { makeLarge, makeSpoken } from './make-large.ts';
import { makePictures } from './make-pictures.ts';
import { makeSound } from './make-sound.ts';
import { makeWrong } from './make-wrong.ts';

const folder = import.meta.dirname;
const [command = 'small', target = '', amount = ''] = process.argv.slice(2);

const makeSmall = (): void => {
  for (const part of ['', 'wrong']) mkdirSync(join(folder, part), { recursive: true });
  makeSound(folder);
  makePictures(folder);
  makeDocuments(folder);
  makeWrong(folder);
};

const usage = 'Usage: node samples/make.ts [small | spoken <file> <seconds> | large <file> <GiB>]';

if (command === 'small') makeSmall();
else if (command === 'spoken' && target !== '') await makeSpoken(folder, target, Number(amount || 180));
else if (command === 'large' && target !== '') await makeLarge(target, Number(amount || 2));
else {
  console.error(usage);
  process.exitCode = 2;
}
