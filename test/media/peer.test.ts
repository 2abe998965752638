import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { factsOf, sample } from './fixtures.ts';

const files = [
  ['turn-on-light.wav', 'audio/wav'],
  ['open-garage.flac', 'audio/flac'],
  ['field-note.mp3', 'audio/mpeg'],
  ['witness.ogg', 'audio/ogg'],
  ['call.m4a', 'audio/mp4'],
] as const;

/** Encoder delay is counted by some readers and not by others. */
const toleranceMs = 60;

describe('our facts agree with those of music-metadata', () => {
  it.each(files)('%s', async (file, mimeType) => {
    const facts = await factsOf(sample(file), mimeType);

    const { format } = await parseBuffer(sample(file), { mimeType }, { duration: true });

    expect(facts.sampleRate).toBe(format.sampleRate);
    // What an MP4 entry says of its channels is a template value; ours come from the codec's own configuration.
    if (file !== 'call.m4a') expect(facts.channels).toBe(format.numberOfChannels);
    if (format.bitsPerSample !== undefined && facts.bitDepth !== undefined)
      expect(facts.bitDepth).toBe(format.bitsPerSample);
    expect(Math.abs((facts.durationMs ?? 0) - (format.duration ?? 0) * 1000)).toBeLessThan(toleranceMs);
  });
});
