import type { ServerResponse } from 'node:http';
import type { AwsError } from './aws-error.ts';
import type { AwsRequest } from './service.ts';

/** The parameters of a query-protocol request, from the URL and from the form body; the body wins. */
export const queryParameters = (request: AwsRequest, body: Buffer): URLSearchParams => {
  const query = request.url.indexOf('?');
  const parameters = new URLSearchParams(query < 0 ? '' : request.url.slice(query + 1));
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) parameters.set(name, value);
  return parameters;
};

/** XML element content: text, a list of sibling elements of one name, or nested elements. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** Writes `<name>…</name>`; a list becomes one element per item, undefined becomes nothing. */
export const xmlElement = (name: string, value: XmlValue): string => {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => xmlElement(name, item)).join('');
  return `<${name}>${xmlContent(value)}</${name}>`;
};

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

const xmlContent = (value: Exclude<XmlValue, undefined>): string => {
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, item]) => xmlElement(name, item))
    .join('');
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (char) => entities[char] ?? char);

export interface QueryAnswer {
  readonly action: string;
  readonly namespace: string;
  readonly requestId: string;
  readonly result: XmlValue;
}

/** Answers `<ActionResponse><ActionResult>…`; an undefined result leaves the result element out. */
export const writeQueryAnswer = (
  response: ServerResponse,
  { action, namespace, requestId, result }: QueryAnswer,
): void => {
  const inner = xmlElement(`${action}Result`, result) + xmlElement('ResponseMetadata', { RequestId: requestId });
  writeXml(response, 200, requestId, `<${action}Response xmlns="${namespace}">${inner}</${action}Response>`);
};

/** Answers an error in the query protocol's form. */
export const writeQueryError = (
  response: ServerResponse,
  { error, namespace, requestId }: { error: AwsError; namespace: string; requestId: string },
): void => {
  const body = xmlElement('Error', {
    Type: error.status < 500 ? 'Sender' : 'Receiver',
    Code: error.code,
    Message: error.message,
  });
  const inner = body + xmlElement('RequestId', requestId);
  writeXml(response, error.status, requestId, `<ErrorResponse xmlns="${namespace}">${inner}</ErrorResponse>`);
};

const writeXml = (response: ServerResponse, status: number, requestId: string, xml: string): void => {
  if (response.destroyed || response.headersSent) return;
  const text = `<?xml version="1.0"?>\n${xml}`;
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': requestId,
  });
  response.end(text);
};
