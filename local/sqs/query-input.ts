/** A value of a query-protocol request after its dotted names were taken apart. */
type Tree = { [name: string]: Tree | string };

const numbers = new Set([
  'DelaySeconds',
  'VisibilityTimeout',
  'WaitTimeSeconds',
  'MaxNumberOfMessages',
  'MaxResults',
  'MaxNumberOfMessagesPerSecond',
]);

/** Flattened lists and maps: how the query protocol calls them, and what the operations call them. */
const lists: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
};
const maps: Readonly<Record<string, string>> = {
  Attribute: 'Attributes',
  MessageAttribute: 'MessageAttributes',
  MessageSystemAttribute: 'MessageSystemAttributes',
  Tag: 'Tags',
};

/** Reads `Attribute.1.Name=…&Attribute.1.Value=…` into the object that the JSON protocol would have carried. */
export const queryInput = (action: string, parameters: URLSearchParams, path: string): object => {
  const tree: Tree = {};
  for (const [name, value] of parameters) {
    if (name !== 'Action' && name !== 'Version') insert(tree, name.split('.'), value);
  }
  const input = convert(tree);
  if (action === 'CreateQueue') return { ...input, tags: Reflect.get(input, 'Tags') };
  return { QueueUrl: path, ...input };
};

const insert = (tree: Tree, [first = '', ...rest]: readonly string[], value: string): void => {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const inner = Object.hasOwn(tree, first) ? tree[first] : undefined;
  const next: Tree = typeof inner === 'object' ? inner : {};
  Object.defineProperty(tree, first, { value: next, enumerable: true, configurable: true, writable: true });
  insert(next, rest, value);
};

const convert = (tree: Tree): object =>
  Object.fromEntries(Object.entries(tree).map(([name, value]) => member(name, value)));

const member = (name: string, value: Tree | string): [string, unknown] => {
  if (typeof value === 'string') return [name, numbers.has(name) && /^-?\d+$/.test(value) ? Number(value) : value];
  const list = lists[name];
  if (list !== undefined) return [list, items(value).map((item) => (typeof item === 'string' ? item : convert(item)))];
  const map = maps[name];
  return map === undefined ? [name, convert(value)] : [map, Object.fromEntries(items(value).flatMap(mapEntry))];
};

const items = (tree: Tree): (Tree | string)[] =>
  Object.entries(tree)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);

const mapEntry = (item: Tree | string): [string, unknown][] => {
  if (typeof item === 'string') return [];
  const name = item['Name'] ?? item['Key'];
  const value = item['Value'];
  if (typeof name !== 'string' || value === undefined) return [];
  return [[name, typeof value === 'string' ? value : convert(value)]];
};
