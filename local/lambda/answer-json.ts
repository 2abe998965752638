/** Reads what a function answered: an empty answer is none, and one that is no JSON is undefined, like nothing it could mean. */
export const parseAnswer = (payload: string): unknown => {
  if (payload === '') return null;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
};

/** True for an object with fields. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names of an answer's failed items, whatever stands there; undefined where the list is none. */
export const failedIdentifiers = (answer: Readonly<Record<string, unknown>>): readonly unknown[] | undefined => {
  const failures = answer['batchItemFailures'] ?? [];
  if (!Array.isArray(failures)) return undefined;
  return failures.map((item) => (isRecord(item) ? item['itemIdentifier'] : undefined));
};
