import { encodeFacts, type Facts, type MediaFacts, maxFactsHeaderBytes } from '../facts.ts';
import type { Rejection } from '../media/rejection.ts';
import { isoTime } from '../time.ts';

/** What promotion adds to an upload's facts. */
export interface Completion {
  readonly media: MediaFacts;
  /** Milliseconds since the epoch. */
  readonly landedAt: number;
  /** The client's word on the SHA-256, kept where S3 knows no digest of the whole that it could be compared with. */
  readonly word: string | undefined;
}

/** The metadata header of the promoted object, or why it cannot be written. */
export const completeFacts = (
  { sha256: _, ...facts }: Facts,
  { media, landedAt, word }: Completion,
): { readonly header: string } | { readonly rejection: Rejection } => {
  const told = word === undefined ? {} : { sha256: word };
  const header = encodeFacts({ ...facts, ...told, media, landedAt: isoTime(landedAt) });
  if (header.length <= maxFactsHeaderBytes) return { header };
  const message = `What is known of the file takes ${header.length} bytes beside it; ${maxFactsHeaderBytes} fit. Shorten its attributes.`;
  return { rejection: { reason: 'facts-too-large', message } };
};

/** The landing time to the millisecond as the event says it, unless it strays from the second that S3 keeps. */
export const landingTime = (eventAt: number | undefined, objectAt: number): number =>
  eventAt !== undefined && Math.abs(eventAt - objectAt) <= maxDriftMs ? eventAt : objectAt;

const maxDriftMs = 60_000;
