import { uriDecode, uriEncode } from './encoding.ts';

/** One parameter of a query string, decoded, beside the text it was written as. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
}

/** The path and query of a request line, as received. */
export interface RequestTarget {
  readonly rawPath: string;
  readonly parameters: readonly QueryParameter[];
}

const none: readonly QueryParameter[] = [];

/** Splits a request target into its path and its query parameters. */
export const parseTarget = (url: string): RequestTarget => {
  const mark = url.indexOf('?');
  if (mark === -1) return { rawPath: url, parameters: none };
  const query = url.slice(mark + 1);
  const pieces = query.split('&').filter((piece) => piece !== '');
  return { rawPath: url.slice(0, mark), parameters: pieces.map(parseParameter) };
};

/** The first value of a query parameter, undefined where it is absent. */
export const parameter = (target: RequestTarget, name: string): string | undefined =>
  target.parameters.find((candidate) => candidate.name === name)?.value;

/** The query in the order and encoding that is signed; `except` is the signature itself. */
export const canonicalQuery = (parameters: readonly QueryParameter[], except?: string): string => {
  if (parameters.length === 0) return '';
  const pairs = parameters
    .filter((candidate) => candidate.name !== except)
    .map(({ name, value }) => [uriEncode(name), uriEncode(value)] as const);
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
};

const parseParameter = (raw: string): QueryParameter => {
  const equals = raw.indexOf('=');
  const name = equals === -1 ? raw : raw.slice(0, equals);
  const value = equals === -1 ? '' : raw.slice(equals + 1);
  return { name: uriDecode(name.replaceAll('+', ' ')), value: uriDecode(value.replaceAll('+', ' ')), raw };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
