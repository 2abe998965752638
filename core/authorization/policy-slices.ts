/** The policies by operation, as the build writes them beside the function that decides. */
export interface PolicySlices {
  /** The policies that speak of every action: all there is about an operation that no policy names. */
  readonly general: string;
  /** For each operation that a policy names: the policies about it, the general ones included. */
  readonly operations: Readonly<Record<string, string>>;
}

/** Reads slices from JSON; throws where the text is not what the build writes. */
export const readPolicySlices = (text: string): PolicySlices => {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('The policies by operation are no JSON object.');
  const { general, operations } = value;
  if (typeof general !== 'string') throw new Error('The policies by operation lack the field `general`.');
  if (!isObject(operations)) throw new Error('The policies by operation lack the field `operations`.');
  return { general, operations: Object.fromEntries(Object.entries(operations).map(policyText)) };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const policyText = ([operation, text]: [string, unknown]): [string, string] => {
  if (typeof text === 'string') return [operation, text];
  throw new Error(`The policies about ${operation} are no text.`);
};

/** The policies about an operation. */
export const slice = ({ general, operations }: PolicySlices, operation: string): string =>
  Object.hasOwn(operations, operation) ? (operations[operation] ?? general) : general;
