import { isJsonObject, type JsonObject, listAt, textAt } from '../aws/json-object.ts';
import { isCorsHeader } from './cors.ts';

/** What is written to the client. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** Headers of one connection, which a function cannot decide. */
const connectionHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'te']);

/**
 * Reads a function's answer: with `statusCode` it is taken at its word; without, the whole answer is the body of a 200 of
 * JSON. Undefined for one that cannot be read, which the client sees as 500.
 */
export const readResponse = (payload: unknown, apiHasCors: boolean): GatewayResponse | undefined => {
  if (!isJsonObject(payload) || payload['statusCode'] === undefined) return inferredResponse(payload);
  const status = Number(payload['statusCode']);
  const headers = readHeaders(payload, apiHasCors);
  const body = readBody(payload);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (headers === undefined || body === undefined) return undefined;
  const cookies = listAt(payload, 'cookies').filter((cookie) => typeof cookie === 'string');
  return {
    status,
    headers: {
      ...(body.length > 0 ? { 'content-type': 'text/plain;charset=UTF-8' } : {}),
      ...headers,
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body,
  };
};

const inferredResponse = (payload: unknown): GatewayResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null)),
});

const readHeaders = (payload: JsonObject, apiHasCors: boolean): Record<string, string> | undefined => {
  const headers = payload['headers'] ?? {};
  if (!isJsonObject(headers)) return undefined;
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || /[\r\n\0]/.test(String(value))) return undefined;
    if (connectionHeaders.has(lower) || (apiHasCors && isCorsHeader(lower))) continue;
    result[lower] = String(value);
  }
  return result;
};

const readBody = (payload: JsonObject): Buffer | undefined => {
  const body = payload['body'] ?? '';
  if (typeof body !== 'string') return undefined;
  return Buffer.from(textAt(payload, 'body') ?? '', payload['isBase64Encoded'] === true ? 'base64' : 'utf8');
};

/** An answer of the API itself. */
export const messageResponse = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});
