/** A statement of a resource policy, as S3 answers it and as a template holds it. */
export interface PolicyStatementShape {
  readonly Sid?: unknown;
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

/**
 * What of a statement is the same in a template and in a bucket: effect, principal, actions, and which keys its conditions
 * look at. Resources and values hold references, which have no text before they are deployed.
 */
export const statementShape = ({ Effect, Principal, Action, Condition }: PolicyStatementShape): string =>
  [String(Effect), principalOf(Principal), listOf(Action).sort().join(','), conditionsOf(Condition).join(',')].join(
    ' ',
  );

/** The name of a statement; one without a name is told apart by its place. */
export const statementName = ({ Sid }: PolicyStatementShape, index: number): string =>
  typeof Sid === 'string' && Sid !== '' ? Sid : `statement ${index + 1}`;

/** `*` and `{ "AWS": "*" }` are the same to S3. */
const principalOf = (principal: unknown): string => {
  if (principal === '*') return '*';
  const entries = Object.entries(isObject(principal) ? principal : {});
  if (entries.length === 1 && entries[0]?.[0] === 'AWS' && listOf(entries[0][1]).includes('*')) return '*';
  return entries
    .map(([kind]) => kind)
    .sort()
    .join(',');
};

const conditionsOf = (condition: unknown): string[] =>
  Object.entries(isObject(condition) ? condition : {})
    .flatMap(([operator, keys]) => Object.keys(isObject(keys) ? keys : {}).map((key) => `${operator}:${key}`))
    .sort();

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
