import { AwsError } from '../../aws/aws-error.ts';
import type { XmlElement } from './xml.ts';

const maxDepth = 16;

/** The answer to a body that is not the XML that the operation takes. */
export const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

/**
 * Reads the XML that S3 requests carry: elements, attributes (ignored), text with the five named and the numeric
 * references, comments, CDATA. Declarations of types and entities are refused, so that nothing can be expanded.
 */
export const parseXml = (body: Buffer): XmlElement => {
  const source = decode(body).replace(/^\ufeff/, '');
  const reader = new XmlReader(source);
  const root = reader.readDocument();
  return root;
};

/** The only child of a name; undefined where there is none, refused where there are several. */
export const child = (parent: XmlElement, name: string): XmlElement | undefined => {
  const found = parent.children.filter((candidate) => candidate.name === name);
  if (found.length > 1) throw malformedXml();
  return found[0];
};

/** The text of the only child of a name. */
export const childText = (parent: XmlElement, name: string): string | undefined => child(parent, name)?.text;

/** Refuses an element that has another name or children beyond those named. */
export const requireShape = (parent: XmlElement, name: string, children: readonly string[]): void => {
  if (parent.name !== name) throw malformedXml();
  if (parent.children.some((candidate) => !children.includes(candidate.name))) throw malformedXml();
};

const decode = (body: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformedXml();
  }
};

class XmlReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  readDocument(): XmlElement {
    this.#skipMisc();
    const root = this.#readElement(0);
    this.#skipMisc();
    if (this.#at < this.#source.length) throw malformedXml();
    return root;
  }

  #skipMisc(): void {
    for (;;) {
      this.#match(/\s+/y);
      if (this.#match(/<\?[^>]*\?>/y) === undefined && this.#match(/<!--(?:(?!--)[\s\S])*-->/y) === undefined) return;
    }
  }

  #readElement(depth: number): XmlElement {
    const open = this.#match(/<([\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y);
    const name = open?.[2];
    if (open === undefined || name === undefined || depth > maxDepth) throw malformedXml();
    if (open[4] === '/') return { name, text: '', children: [] };
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      text += this.#readText();
      if (this.#source.startsWith('</', this.#at)) break;
      children.push(this.#readElement(depth + 1));
    }
    const close = this.#match(/<\/([\w.-]+:)?([\w.-]+)\s*>/y);
    if (close?.[2] !== name || close[1] !== open[1]) throw malformedXml();
    if (children.length > 0 && text.trim() !== '') throw malformedXml();
    return { name, text, children };
  }

  #readText(): string {
    let text = '';
    for (;;) {
      const plain = this.#match(/[^<]+/y);
      const cdata = plain === undefined ? this.#match(/<!\[CDATA\[((?:(?!\]\]>)[\s\S])*)\]\]>/y) : undefined;
      const comment = plain ?? cdata ?? this.#match(/<!--(?:(?!--)[\s\S])*-->/y);
      if (comment === undefined) return text;
      if (plain !== undefined) text += unescapeXml(plain[0]);
      else if (cdata !== undefined) text += cdata[1] ?? '';
    }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(/&([^;&]*);|&/g, (_, name: string | undefined) => {
    const char = named[name ?? ''] ?? numeric(name ?? '');
    if (char === undefined) throw malformedXml();
    return char;
  });

const numeric = (name: string): string | undefined => {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  if (match === null) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code > 0x10ffff || isSurrogate ? undefined : String.fromCodePoint(code);
};
