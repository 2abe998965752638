import { KiB, MiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { refuse } from './rejection.ts';

/** Up to here a text is read whole; of a longer one only the beginning and the end are looked at. */
export const wholeTextBytes = MiB(2);
const sampleBytes = KiB(64);
const maxDepth = 512;

/** UTF-8 without control characters; of a text past the budget the two ends are checked and the rest is estimated. */
export const readText = async (source: ByteSource): Promise<MediaFacts> => {
  const { head, tail } = await ends(source);
  for (const part of tail === undefined ? [head] : [head, tail]) checkControls(part);
  return { format: 'text', codec: 'utf-8', ...(tail === undefined ? {} : { estimated: ['format'] }) };
};

/** An object or an array; past the budget only its two ends are checked, and `estimated` says so. */
export const readJson = async (source: ByteSource): Promise<MediaFacts> => {
  const { head, tail } = await ends(source);
  const opening = /^[\t\n\r ]*([[{])/.exec(head)?.[1];
  const closing = /([\]}])[\t\n\r ]*$/.exec((tail ?? head).slice(-KiB(4)))?.[1];
  if (head.startsWith('\ufeff'))
    refuse('unreadable', 'The JSON begins with a byte order mark. Save it as plain UTF-8.');
  if (opening === undefined) refuse('unreadable', 'The content is no JSON object or array. Send { … } or [ … ].');
  if (closing !== (opening === '{' ? '}' : ']')) {
    refuse('truncated', `The JSON does not end with the bracket that closes it. Upload the complete file.`);
  }
  if (tail === undefined) parse(head);
  return { format: 'json', codec: 'utf-8', ...(tail === undefined ? {} : { estimated: ['format'] }) };
};

const ends = async (source: ByteSource): Promise<{ head: string; tail?: string }> => {
  if (source.size <= wholeTextBytes) {
    return { head: utf8(await source.need(0, source.size, 'the text'), 'whole') };
  }
  const head = utf8(await source.need(0, sampleBytes, 'the text'), 'head');
  return { head, tail: utf8(await source.need(source.size - sampleBytes, sampleBytes, 'the text'), 'tail') };
};

/** A cut through a text may part a character: up to three bytes at the cut belong to it. */
const utf8 = (bytes: Uint8Array, part: 'whole' | 'head' | 'tail'): string => {
  const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  while (part === 'tail' && start < 3 && isContinuation(bytes[start])) start += 1;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes.subarray(start), { stream: part === 'head' });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse('unreadable', 'The text is not UTF-8. Save it with the encoding UTF-8.');
  }
};

const checkControls = (text: string): void => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const found = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.exec(text)?.[0];
  if (found === undefined) return;
  const code = found.charCodeAt(0).toString(16).padStart(4, '0');
  refuse('unreadable', `The text holds the control character U+${code}, so it is no plain text. Remove it.`);
};

const parse = (text: string): void => {
  if (depthOf(text) > maxDepth) {
    refuse('too-complex', `The JSON is nested more than ${maxDepth} levels deep. Flatten it.`);
  }
  try {
    JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    refuse('unreadable', 'The JSON cannot be parsed. Check it with a JSON validator and upload it again.');
  }
};

/** How deep the brackets nest outside of strings; stops counting past the limit. */
const depthOf = (text: string): number => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length && depth <= maxDepth; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return depth;
};
