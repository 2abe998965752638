/** An element that was read: its name without namespace prefix, its text, its child elements. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole answer with S3's namespace. */
export const xmlDocument = (root: string, ...content: readonly string[]): string =>
  `${declaration}<${root} xmlns="${namespace}">${content.join('')}</${root}>`;

/** An answer without namespace, as errors are. */
export const plainXmlDocument = (root: string, ...content: readonly string[]): string =>
  `${declaration}<${root}>${content.join('')}</${root}>`;

/** An element of elements. */
export const element = (name: string, ...content: readonly string[]): string =>
  `<${name}>${content.join('')}</${name}>`;

/** An element of text; nothing where the text is undefined. */
export const textElement = (name: string, text: string | number | boolean | undefined): string =>
  text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`;

/** Escapes a text; characters that XML cannot carry become the references that S3 writes for them. */
export const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be escaped
  /[&<>"\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(text)
    ? // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be escaped
      text.replace(/[&<>"\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, reference)
    : text;

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const reference = (char: string): string => named[char] ?? `&#x${char.charCodeAt(0).toString(16)};`;
