import type { Glob } from './glob.ts';
import { matchesGlob, toGlob } from './glob.ts';

const colon = 0x3a;
const partCount = 6;

/** The six parts of an ARN pattern: the last one keeps its own colons; undefined where there are fewer. */
export const splitArnGlob = ({ units }: Glob): readonly Glob[] | undefined => {
  const parts: Glob[] = [];
  let from = 0;
  while (parts.length < partCount - 1) {
    const to = units.indexOf(colon, from);
    if (to === -1) return undefined;
    parts.push(toGlob(units.slice(from, to)));
    from = to + 1;
  }
  return [...parts, toGlob(units.slice(from))];
};

/** Compares part by part, as the ARN condition operators do: a wildcard does not reach over a colon of the first five parts. */
export const matchesArnGlob = (parts: readonly Glob[], arn: string): boolean => {
  let from = 0;
  return parts.every((part, index) => {
    const to = index === partCount - 1 ? arn.length : arn.indexOf(':', from);
    const matches = to !== -1 && matchesGlob(part, arn, from, to);
    from = to + 1;
    return matches;
  });
};
