import { createHash } from 'node:crypto';

/** A short digest of lines in any order. */
export const linesDigest = (lines: readonly string[]): string => digest([...lines].sort().join('\n'), 16);

/** A short digest of one line; many of them have to fit. */
export const lineDigest = (line: string): string => digest(line, 8);

const digest = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
