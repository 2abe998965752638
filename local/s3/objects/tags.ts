import { AwsError } from '../../aws/aws-error.ts';
import { uriDecode } from '../../sigv4/encoding.ts';
import { invalidArgument } from '../protocol/errors.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { childText, malformedXml, requireShape } from '../protocol/xml-parser.ts';

const maxTags = 10;
const maxKeyLength = 128;
const maxValueLength = 256;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags of an object, by key. */
export type Tags = Readonly<Record<string, string>>;

/** Reads the tags of the header `x-amz-tagging`: `class=raw&case=7`. */
export const tagsOfHeader = (text: string | undefined): Tags => {
  if (text === undefined || text === '') return {};
  const pairs = text.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    if (name === '') {
      throw invalidArgument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
        'x-amz-tagging',
        text,
      );
    }
    return [uriDecode(name.replaceAll('+', ' ')), uriDecode(value.replaceAll('+', ' '))];
  });
  return toTags(pairs);
};

/** Reads a `Tagging` document. */
export const tagsOfXml = (root: XmlElement): Tags => {
  requireShape(root, 'Tagging', ['TagSet']);
  const set = root.children[0];
  if (set === undefined || root.children.length !== 1) throw malformedXml();
  const pairs = set.children.map((tag): [string, string] => {
    requireShape(tag, 'Tag', ['Key', 'Value']);
    const [key, value] = [childText(tag, 'Key'), childText(tag, 'Value')];
    if (key === undefined || value === undefined) throw malformedXml();
    return [key, value];
  });
  return toTags(pairs);
};

/** Writes a `Tagging` document. */
export const tagsXml = (tags: Tags): string =>
  xmlDocument(
    'Tagging',
    element(
      'TagSet',
      ...Object.entries(tags).map(([key, value]) =>
        element('Tag', textElement('Key', key), textElement('Value', value)),
      ),
    ),
  );

/** The condition values that tell policies of the tags in a request. */
export const requestTagConditions = (tags: Tags): Record<string, string | string[]> => {
  const keys = Object.keys(tags);
  if (keys.length === 0) return {};
  const values = Object.entries(tags).map(([key, value]) => [`s3:RequestObjectTag/${key}`, value]);
  return { ...Object.fromEntries(values), 's3:RequestObjectTagKeys': keys };
};

/** The condition values that tell policies of the tags an object has. */
export const existingTagConditions = (tags: Tags): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`s3:ExistingObjectTag/${key}`, value]));

const toTags = (pairs: readonly (readonly [string, string])[]): Tags => {
  if (pairs.length > maxTags) {
    throw new AwsError('BadRequest', 400, 'Object tags cannot be greater than 10');
  }
  const tags = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (tags.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key);
    if (key === '' || key.length > maxKeyLength || !allowed.test(key) || key.startsWith('aws:')) {
      throw invalidTag('The TagKey you have provided is invalid', key);
    }
    if (value.length > maxValueLength || !allowed.test(value)) {
      throw invalidTag('The TagValue you have provided is invalid', key);
    }
    tags.set(key, value);
  }
  return Object.fromEntries(tags);
};

const invalidTag = (message: string, key: string): AwsError =>
  new AwsError('InvalidTag', 400, message, { TagKey: key });
