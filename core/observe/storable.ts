const maxDepth = 8;
const maxNameLength = 255;

/**
 * The attributes that the table can hold, and whether some had to be left out: their numbers must fit a DynamoDB number,
 * their names must not be empty, their nesting is bounded. Attributes that passed their class's schema always do.
 */
export const storableAttributes = (
  attributes: Readonly<Record<string, unknown>>,
): { readonly attributes: Readonly<Record<string, unknown>>; readonly dropped: boolean } => {
  const all = Object.entries(attributes);
  const kept = all.filter(([name, value]) => isName(name) && isStorable(value, 1));
  return { attributes: Object.fromEntries(kept), dropped: kept.length < all.length };
};

const isStorable = (value: unknown, depth: number): boolean => {
  if (typeof value === 'number') return isStorableNumber(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value !== 'object' || depth >= maxDepth) return false;
  return Object.entries(value).every(([name, item]) => isName(name) && isStorable(item, depth + 1));
};

const isName = (name: string): boolean => name !== '' && name.length <= maxNameLength && name !== '__proto__';

/** DynamoDB keeps 38 digits between 1e-130 and 9.9e125; JavaScript's integers are exact up to 2^53. */
const isStorableNumber = (value: number): boolean => {
  if (value === 0) return true;
  const size = Math.abs(value);
  return Number.isFinite(value) && size <= Number.MAX_SAFE_INTEGER && size >= 1e-100;
};
