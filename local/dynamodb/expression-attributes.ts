import { isJsonObject, type JsonObject, objectAt, textAt } from '../aws/json-object.ts';

const expressions = [
  'ProjectionExpression',
  'UpdateExpression',
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
] as const;

const keywords = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const path = /:?[#A-Za-z_][\w#-]*(?:\.[#A-Za-z_][\w#-]*|\[\d+\])*\s*\(?/g;

/** The top-level attributes that a request names: what the condition key `dynamodb:Attributes` compares. */
export const namedAttributes = (input: JsonObject): string[] => {
  const found = new Set<string>();
  for (const name of [...Object.keys(objectAt(input, 'Key')), ...Object.keys(objectAt(input, 'Item'))]) found.add(name);
  const names = objectAt(input, 'ExpressionAttributeNames');
  for (const expression of expressions) {
    for (const [token] of (textAt(input, expression) ?? '').matchAll(path)) {
      const attribute = attributeOf(token.trim(), names);
      if (attribute !== undefined) found.add(attribute);
    }
  }
  return [...found];
};

/** The values of the partition key that a Query compares for equality. */
export const queriedPartition = (input: JsonObject, partition: string): string | undefined => {
  const names = objectAt(input, 'ExpressionAttributeNames');
  const values = objectAt(input, 'ExpressionAttributeValues');
  const equalities = (textAt(input, 'KeyConditionExpression') ?? '').matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g);
  for (const [, name = '', value = ''] of equalities) {
    if (resolveName(name, names) === partition) return scalar(values[value]);
  }
  return undefined;
};

/** The text of a string, number or binary attribute value. */
export const scalar = (value: unknown): string | undefined => {
  if (!isJsonObject(value)) return undefined;
  return textAt(value, 'S') ?? textAt(value, 'N') ?? textAt(value, 'B');
};

const attributeOf = (token: string, names: JsonObject): string | undefined => {
  if (token.startsWith(':') || token.endsWith('(') || keywords.has(token.toUpperCase())) return undefined;
  return resolveName(/^[^.[]+/.exec(token)?.[0] ?? token, names);
};

const resolveName = (name: string, names: JsonObject): string =>
  name.startsWith('#') ? (textAt(names, name) ?? name) : name;
