import type { MediaFacts } from '../facts.ts';
import { days } from '../time.ts';
import { refuse } from './rejection.ts';

/** What no real recording or picture goes beyond; a header that does is broken or made to break something. */
export const mediaLimits = {
  channels: 64,
  minSampleRate: 1_000,
  maxSampleRate: 1_536_000,
  bitDepth: 64,
  durationMs: days(31),
  side: 65_535,
  pixels: 1_000_000_000,
} as const;

/** Passes facts on that can be true; refuses the first one that cannot. */
export const possibleFacts = (facts: MediaFacts): MediaFacts => {
  const { minSampleRate, maxSampleRate } = mediaLimits;
  within('channels', facts.channels, 1, mediaLimits.channels);
  within('samples per second', facts.sampleRate, minSampleRate, maxSampleRate);
  within('bits per sample', facts.bitDepth, 1, mediaLimits.bitDepth);
  within('milliseconds', facts.durationMs, 0, mediaLimits.durationMs);
  within('pixels of width', facts.width, 1, mediaLimits.side);
  within('pixels of height', facts.height, 1, mediaLimits.side);
  within('pixels in all', (facts.width ?? 1) * (facts.height ?? 1), 1, mediaLimits.pixels);
  return facts;
};

const within = (what: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || (Number.isFinite(value) && value >= min && value <= max)) return;
  refuse('impossible-value', `The file states ${value} ${what}; ${min} to ${max} are possible. Save the file anew.`);
};

/** Whole milliseconds of a number of samples. */
export const samplesMs = (samples: number, sampleRate: number): number => Math.round((samples / sampleRate) * 1000);
