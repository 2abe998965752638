import type { ServerResponse } from 'node:http';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject } from '../aws/json-object.ts';
import { asAwsError } from '../aws/json-protocol.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest, AwsService } from '../aws/service.ts';
import { jobOperations } from './job-operations.ts';
import type { BackupParts } from './parts.ts';
import { planOperations } from './plan-operations.ts';
import { vaultOperations } from './vault-operations.ts';

/** A request as an operation sees it. */
export interface BackupRequest {
  readonly request: AwsRequest;
  /** What stands in the path, decoded, in order. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** One operation: checks its own right, answers JSON, or nothing. */
export type BackupOperation = (parts: BackupParts, request: BackupRequest) => unknown;

const maxBodyBytes = 1024 * 1024;

/** Method and path, with `*` for what is named: `GET /backup-vaults/*`. */
const operations: Readonly<Record<string, readonly [name: string, operate: BackupOperation]>> = {
  ...vaultOperations,
  ...jobOperations,
  ...planOperations,
};

/** AWS Backup's REST interface. */
export const backupRestApi = (parts: BackupParts): AwsService => ({
  signingName: 'backup',
  operationOf: (request) => find(request)?.operation[0] ?? `${request.http.method} ${request.url}`,
  async handle(request, response) {
    try {
      const found = find(request);
      if (found === undefined) throw notImplemented(`backup ${request.http.method} ${request.url}`);
      const body = parse(await readBody(request, maxBodyBytes));
      const query = new URL(request.url, 'http://backup').searchParams;
      const answer = await found.operation[1](parts, { request, path: found.path, query, body });
      write(response, request.requestId, answer === undefined ? 204 : 200, answer);
    } catch (cause) {
      const error = asAwsError(cause, () => parts.log(`backup failed: ${String(cause)}`));
      const code = error.code === 'AccessDenied' ? 'AccessDeniedException' : error.code;
      write(
        response,
        request.requestId,
        error.status,
        { Code: code, Message: error.message, message: error.message },
        code,
      );
    }
  },
});

const find = ({ http, url }: Pick<AwsRequest, 'http' | 'url'>) => {
  const segments = (url.split('?')[0] ?? '').split('/').filter((segment) => segment !== '');
  for (const [route, operation] of Object.entries(operations)) {
    const [method, pattern = ''] = route.split(' ');
    const wanted = pattern.split('/').filter((segment) => segment !== '');
    if (method !== http.method || wanted.length !== segments.length) continue;
    if (!wanted.every((segment, index) => segment === '*' || segment === segments[index])) continue;
    const path = segments.filter((_, index) => wanted[index] === '*').map(decodeURIComponent);
    return { operation, path };
  }
  return undefined;
};

const parse = (body: Buffer): JsonObject => {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Falls through to the one error for everything that is no object.
  }
  throw new AwsError('InvalidParameterValueException', 400, 'The body is not a JSON object.');
};

const write = (
  response: ServerResponse,
  requestId: string,
  status: number,
  body: unknown,
  errorType?: string,
): void => {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
