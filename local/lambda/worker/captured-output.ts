import { StringDecoder } from 'node:string_decoder';

/** Hands everything that is written to the stream to `onLine`, a line at a time; the answer flushes a line without an end. */
export const captureLines = (stream: NodeJS.WriteStream, onLine: (line: string) => void): (() => void) => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    rest += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    const written = typeof encoding === 'function' ? encoding : callback;
    if (typeof written === 'function') queueMicrotask(() => written());
    return true;
  };
  return () => {
    if (rest !== '') onLine(rest);
    rest = '';
  };
};
