import * as z from 'zod';
import { MediakeepError } from '../../core/error.ts';

/** The parts of an API Gateway request (payload format 2.0) that are read. */
export const GatewayEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    requestId: z.string().default('unknown'),
    authorizer: z.unknown().optional(),
    http: z.object({ method: z.string() }),
  }),
});
export type GatewayEvent = z.infer<typeof GatewayEvent>;

/** What API Gateway expects back. */
export interface GatewayResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** True for the request by which a browser asks whether it may send another; it comes without a token. */
export const isPreflight = ({ requestContext, headers }: GatewayEvent): boolean =>
  requestContext.http.method === 'OPTIONS' &&
  headers['origin'] !== undefined &&
  headers['access-control-request-method'] !== undefined;

// What remains after percent-encoding, so that no two readers can see different segments.
const plainPath = /^(\/([A-Za-z0-9_~!$&'()*+,;=:@.-]|%[0-9A-Fa-f]{2})*)+$/;
const dotSegment = /\/(\.|%2e){1,2}(\/|$)/i;

/** The event as a request; throws `bad-request` for a path that could be read in more than one way. */
export const toRequest = (event: GatewayEvent): Request => {
  const { method } = event.requestContext.http;
  if (!plainPath.test(event.rawPath) || event.rawPath.includes('//') || dotSegment.test(event.rawPath)) {
    throw new MediakeepError('bad-request', 'The path holds characters or segments that no route of this API has.');
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) setHeader(headers, name, value);
  // A `#` would end the query in a URL, though the gateway read on.
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString.replaceAll('#', '%23')}`;
  const url = `https://gateway.internal${event.rawPath}${query}`;
  const body = bodyOf(event);
  const bodyless = method === 'GET' || method === 'HEAD' || body === undefined;
  return new Request(url, { method, headers, ...(bodyless ? {} : { body }) });
};

const setHeader = (headers: Headers, name: string, value: string): void => {
  try {
    headers.set(name, value);
  } catch {
    throw new MediakeepError('bad-request', 'A header holds characters that HTTP does not allow.');
  }
};

const bodyOf = ({ body, isBase64Encoded }: GatewayEvent): Uint8Array<ArrayBuffer> | undefined => {
  if (body === undefined || body === null || body === '') return undefined;
  if (isBase64Encoded) return Uint8Array.from(Buffer.from(body, 'base64'));
  if (!body.isWellFormed()) throw new MediakeepError('bad-request', 'The body is not UTF-8.');
  return new TextEncoder().encode(body);
};

/** The response in the gateway's form; everything that this API answers is text. */
export const toResult = async (response: Response): Promise<GatewayResult> => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.text(),
  isBase64Encoded: false,
});
