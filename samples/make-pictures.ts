import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A drawn face in ImageMagick's drawing language. */
const face = [
  'fill #f2c9a1 stroke #6b4a2f stroke-width 3 ellipse 160,170 90,115 0,360',
  'fill white ellipse 125,145 22,13 0,360 ellipse 195,145 22,13 0,360',
  'fill #3b2b20 circle 125,145 131,145 circle 195,145 201,145',
  'fill none stroke #6b4a2f stroke-width 4 bezier 120,225 145,255 175,255 200,225',
  'bezier 160,155 150,190 150,195 166,197',
  'fill #2b1d14 stroke none path "M 72,140 C 70,20 250,20 248,140 C 220,85 100,85 72,140 Z"',
].join(' ');

/** Draws a face and saves it as JPEG, with the EXIF data of a camera that knows where it is, and as PNG. */
export const makePictures = (folder: string): void => {
  const [jpeg, png] = [join(folder, 'drawn-face.jpg'), join(folder, 'drawn-face.png')];
  const draw = ['-size', '320x320', 'xc:#cfe3f1', '-draw', face, '-strip'];
  execFileSync('convert', [...draw, '-quality', '85', jpeg]);
  execFileSync('convert', [...draw, '-depth', '8', '-define', 'png:exclude-chunks=date,time', png]);
  const time = ['-DateTimeOriginal=2026:03:14 09:26:53', '-OffsetTimeOriginal=+05:30', '-Make=Sample', '-Model=Drawn'];
  const place = ['-GPSLatitude=18.9220', '-GPSLatitudeRef=N', '-GPSLongitude=72.8347', '-GPSLongitudeRef=E'];
  execFileSync('exiftool', ['-q', '-overwrite_original', ...time, ...place, jpeg]);
};
