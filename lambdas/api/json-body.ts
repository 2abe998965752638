import { MediakeepError } from '../../core/error.ts';

/** The largest body that any operation needs: a thousand parts with their digests. */
export const maxBodyBytes = 256 * 1024;
const maxDepth = 12;

/**
 * Reads a request's body as strict JSON: UTF-8, no key twice, no `__proto__`, no lone surrogates, bounded depth. Where
 * parsers disagree about a text, one of them can be fooled; such texts are refused.
 */
export const parseJsonBody = (body: Uint8Array): unknown => {
  if (body.byteLength > maxBodyBytes) {
    throw new MediakeepError('too-large', `The body has ${body.byteLength} bytes; at most ${maxBodyBytes} are read.`);
  }
  const text = decodeUtf8(body);
  checkStructure(text);
  try {
    const value: unknown = JSON.parse(text);
    checkStrings(value);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('is not JSON');
    throw error;
  }
};

const decodeUtf8 = (body: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw refusal('is not UTF-8');
  }
};

/**
 * One pass over the text, before anything recurses: depth, and the keys of every open object. Each character is looked at
 * once; a regular expression for strings would try an open quote anew from every quote after it.
 */
const checkStructure = (text: string): void => {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined);
      if (open.length > maxDepth) throw refusal(`is nested deeper than ${maxDepth} levels`);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (isFollowedByColon(text, end)) noteKey(text.slice(at, end), open.at(-1));
      at = end - 1;
    }
  }
};

/** The index behind the quote that closes the string which opens at `start`. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at++;
  }
  throw refusal('is not JSON');
};

const isFollowedByColon = (text: string, from: number): boolean => {
  let at = from;
  while (/[ \t\n\r]/.test(text[at] ?? '')) at++;
  return text[at] === ':';
};

const noteKey = (quoted: string, keys: Set<string> | undefined): void => {
  const key = unquote(quoted);
  if (key === '__proto__') throw refusal('has a key `__proto__`');
  if (keys?.has(key)) throw refusal('has the same key twice in one object');
  keys?.add(key);
};

const unquote = (quoted: string): string => {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw refusal('is not JSON');
  }
};

const checkStrings = (value: unknown): void => {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw refusal('holds half of a surrogate pair');
  } else if (Array.isArray(value)) {
    value.forEach(checkStrings);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      checkStrings(key);
      checkStrings(item);
    }
  }
};

const refusal = (what: string): MediakeepError =>
  new MediakeepError('bad-request', `The body ${what}; send one JSON value in UTF-8 with each key once.`);
