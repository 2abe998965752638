import { encodeFacts, type Facts, type MediaFacts, maxFactsHeaderBytes } from '../facts.ts';
import type { Rejection } from '../media/rejection.ts';
import { isoTime } from '../time.ts';

/** What promotion adds to an upload's facts. */
export interface Completion {
  readonly media: MediaFacts;
  /** Milliseconds since the epoch. */
  readonly landedAt: number;
  /** The content's digest is known to S3, so that the client's word need not be kept. */
  readonly digestKnown: boolean;
}

/** The metadata header of the promoted object, or why it cannot be written. */
export const completeFacts = (
  { sha256, ...facts }: Facts,
  { media, landedAt, digestKnown }: Completion,
): { readonly header: string } | { readonly rejection: Rejection } => {
  const word = digestKnown || sha256 === undefined ? {} : { sha256 };
  const header = encodeFacts({ ...facts, ...word, media, landedAt: isoTime(landedAt) });
  if (header.length <= maxFactsHeaderBytes) return { header };
  const message = `What is known of the file takes ${header.length} bytes beside it; ${maxFactsHeaderBytes} fit. Shorten its attributes.`;
  return { rejection: { reason: 'facts-too-large', message } };
};

/** The landing time to the millisecond as the event says it, unless it strays from the second that S3 keeps. */
export const landingTime = (eventAt: number | undefined, objectAt: number): number =>
  eventAt !== undefined && Math.abs(eventAt - objectAt) <= maxDriftMs ? eventAt : objectAt;

const maxDriftMs = 60_000;
