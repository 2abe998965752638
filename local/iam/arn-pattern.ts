import type { Glob } from './glob.ts';
import { matchesGlob } from './glob.ts';

const colon = 0x3a;
const partCount = 6;

/** The six parts of an ARN pattern: the last one keeps its own colons; undefined where there are fewer. */
export const splitArnGlob = (glob: Glob): readonly Glob[] | undefined => {
  const parts: Glob[] = [];
  let from = 0;
  while (parts.length < partCount - 1) {
    const to = glob.indexOf(colon, from);
    if (to === -1) return undefined;
    parts.push(glob.slice(from, to));
    from = to + 1;
  }
  return [...parts, glob.slice(from)];
};

/** Compares part by part, as the ARN condition operators do: a wildcard does not reach over a colon of the first five parts. */
export const matchesArnGlob = (parts: readonly Glob[], arn: string): boolean => {
  let from = 0;
  for (let index = 0; index < partCount - 1; index += 1) {
    const to = arn.indexOf(':', from);
    if (to === -1 || !matchesGlob(parts[index] ?? [], arn, from, to)) return false;
    from = to + 1;
  }
  return matchesGlob(parts[partCount - 1] ?? [], arn, from);
};
