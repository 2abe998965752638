import { AwsError } from '../aws/aws-error.ts';

/** Percent-encodes as Signature Version 4 wants it: everything but `A-Z a-z 0-9 - . _ ~`, in upper-case hexadecimal. */
export const uriEncode = (text: string): string =>
  /^[\w.~-]*$/.test(text) ? text : encodeURIComponent(text).replace(/[!'()*]/g, percent);

/** Percent-encodes each segment of a path and keeps its slashes. */
export const uriEncodePath = (path: string): string =>
  /^[\w.~/-]*$/.test(path) ? path : path.split('/').map(uriEncode).join('/');

/** Undoes percent-encoding; text that is not UTF-8 behind it (overlong forms, lone surrogates, `%E0%A4`) is refused. */
export const uriDecode = (text: string): string => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
};

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
