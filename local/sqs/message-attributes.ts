import { createHash } from 'node:crypto';
import * as z from 'zod';
import { invalidValue } from './sqs-error.ts';

/** One attribute of a message as the wire has it; binary values are base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** The wire form of message attributes; lists are named by the reference as not implemented and so refused. */
export const messageAttributes = z.record(
  z.string(),
  z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.base64().optional() }),
);

const nameForm = /^(?!\.)(?!.*\.\.)(?!aws\.|amazon\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;

/** Refuses attributes that SQS refuses. */
export const checkMessageAttributes = (attributes: MessageAttributes): void => {
  const entries = Object.entries(attributes);
  if (entries.length > 10)
    throw invalidValue('MessageAttributes', entries.length, 'A message has at most 10 attributes.');
  for (const [name, attribute] of entries) checkAttribute(name, attribute);
};

const checkAttribute = (name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void => {
  if (!nameForm.test(name)) throw invalidValue('MessageAttribute.Name', name, 'The name is not allowed.');
  const type = /^(String|Number|Binary)(\..{1,249})?$/.exec(DataType)?.[1];
  if (type === undefined) {
    throw invalidValue(
      'MessageAttribute.DataType',
      DataType,
      'Allowed are String, Number and Binary, each with a label after a dot.',
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value === '') {
    throw invalidValue('MessageAttribute.Value', name, `The attribute must contain a non-empty value of type ${type}.`);
  }
  if (type === 'Number' && Number.isNaN(Number(value))) {
    throw invalidValue(
      'MessageAttribute.Value',
      value,
      `Can't cast the value of message attribute '${name}' to a number.`,
    );
  }
};

/** What attributes add to the size of a message: names, types and values. */
export const attributesBytes = (attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length,
    0,
  );

const valueBytes = ({ StringValue, BinaryValue }: MessageAttribute): Buffer =>
  BinaryValue === undefined ? Buffer.from(StringValue ?? '', 'utf8') : Buffer.from(BinaryValue, 'base64');

/** MD5 in lower-case hex. */
export const md5Hex = (content: string | Buffer): string => createHash('md5').update(content).digest('hex');

/**
 * The digest of attributes that clients compare: in the order of the names, each as length-prefixed name, length-prefixed
 * type, one byte for text (1) or binary (2), length-prefixed value.
 */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  return md5Hex(Buffer.concat(names.flatMap((name) => encodeAttribute(name, attributes[name]))));
};

const encodeAttribute = (name: string, attribute: MessageAttribute | undefined): Buffer[] => {
  if (attribute === undefined) return [];
  const transport = Buffer.from([attribute.BinaryValue === undefined ? 1 : 2]);
  return [
    prefixed(Buffer.from(name)),
    prefixed(Buffer.from(attribute.DataType)),
    transport,
    prefixed(valueBytes(attribute)),
  ];
};

const prefixed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** The attributes that a receive asked for: by name, by `prefix.*`, or all. */
export const selectAttributes = (attributes: MessageAttributes, names: readonly string[]): MessageAttributes => {
  if (names.some((name) => name === 'All' || name === '.*')) return attributes;
  const wanted = (name: string) =>
    names.some((pattern) => (pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)));
};
