import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (program: string, ...args: string[]): void => {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
};

/** Flags that keep dates and program versions out of a file, so that it comes out the same each time. */
const plain = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', '-flags:v', '+bitexact'];

/** Speaks the sample texts with a synthetic voice and writes each into another container. */
export const makeSound = (folder: string): void => {
  const work = mkdtempSync(join(tmpdir(), 'mediakeep-samples-'));
  const at = (name: string): string => join(folder, name);
  const speak = (name: string, voice: string, text: string, rate = '16000'): string => {
    const [raw, wav] = [join(work, `${name}-raw.wav`), join(work, `${name}.wav`)];
    run('espeak-ng', '-v', voice, '-s', '150', '-w', raw, text);
    run('sox', raw, '-D', '-b', '16', '-r', rate, '-c', '1', wav);
    return wav;
  };
  const light = speak('light', 'hi', 'बत्ती जला दो');
  const door = speak('door', 'en', 'Open the garage.');
  const field = speak(
    'field',
    'en',
    'Field note. The river is two hands higher than yesterday, and the bridge is closed.',
  );
  const witness = speak('witness', 'en', 'I heard two knocks at the door, a little after nine.');
  const call = speak('call', 'en', 'This is a test call. Nobody is on the other end.', '44100');
  run('sox', light, '-D', at('turn-on-light.wav'));
  run('flac', '-s', '-f', '-8', '-o', at('open-garage.flac'), door);
  run('lame', '--quiet', '-V', '9', '-m', 'm', field, at('field-note.mp3'));
  run('oggenc', '-Q', '-q', '2', '-s', '1', '-o', at('witness.ogg'), witness);
  run('ffmpeg', '-v', 'error', '-y', '-i', call, ...plain, '-c:a', 'aac', '-b:a', '48k', at('call.m4a'));
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=96x72:rate=5:duration=2'];
  const codecs = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '36', '-c:a', 'aac', '-b:a', '32k', '-t', '2'];
  run('ffmpeg', '-v', 'error', '-y', ...picture, '-i', door, ...plain, ...codecs, at('door-clip.mp4'));
  rmSync(work, { recursive: true });
};
