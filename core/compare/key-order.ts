/**
 * Negative where a comes before b in the order in which S3 lists keys, that of their UTF-8 bytes. It is the order of code
 * points, from which JavaScript's order differs where a surrogate meets a character past U+D7FF.
 */
export const compareKeys = (a: string, b: string): number => {
  if (a === b) return 0;
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1;
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
};

/** Where a key has none, as nearly all, both orders are the same and the engine compares many characters at once. */
const surrogates = /[\ud800-\udfff]/;

/** Surrogates stand for characters past U+FFFF and so come after all others. */
const weight = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
