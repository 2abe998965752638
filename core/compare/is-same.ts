type Fields = Readonly<Record<string, unknown>>;

/** True where two plain values say the same; a field that is undefined is one that is not there. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  for (const name in a) if (!isSame(a[name], b[name])) return false;
  for (const name in b) if (a[name] === undefined && b[name] !== undefined) return false;
  return true;
};

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
