import type { ServerResponse } from 'node:http';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { asAwsError, type JsonOperation } from '../aws/json-protocol.ts';
import { queryParameters, writeQueryAnswer, writeQueryError, type XmlValue } from '../aws/query-protocol.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest } from '../aws/service.ts';
import { queryInput } from './query-input.ts';
import { queryErrorCode } from './sqs-error.ts';

const namespace = 'http://queue.amazonaws.com/doc/2012-11-05/';
const maxBodyBytes = 12_582_912;

export interface QueryService {
  readonly operations: ReadonlyMap<string, JsonOperation>;
  readonly onUnexpected: (error: unknown, operation: string) => void;
}

/** The same operations in the query protocol, which clients from before 2023 speak (Debian's AWS CLI among them). */
export const serveQuery = async (
  { operations, onUnexpected }: QueryService,
  request: AwsRequest,
  response: ServerResponse,
) => {
  const { requestId } = request;
  let action = '';
  try {
    const parameters = queryParameters(request, await readBody(request, maxBodyBytes));
    action = parameters.get('Action') ?? '';
    const operation = operations.get(action);
    if (operation === undefined) throw notImplemented(`sqs:${action}`);
    const [path = ''] = request.url.split('?');
    const output = await operation(queryInput(action, parameters, path), request, response);
    writeQueryAnswer(response, { action, namespace, requestId, result: xmlResult(action, output) });
  } catch (cause) {
    const error = asAwsError(cause, () => onUnexpected(cause, action));
    const named = new AwsError(queryErrorCode(error.code), error.status, error.message);
    writeQueryError(response, { error: named, namespace, requestId });
  }
};

/** Lists and maps are flattened: one element an item, under the singular of the name. */
const listNames: Readonly<Record<string, string>> = {
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Results: 'ListMessageMoveTasksResultEntry',
  Failed: 'BatchResultErrorEntry',
};
const mapNames: Readonly<Record<string, string>> = {
  Attributes: 'Attribute',
  MessageAttributes: 'MessageAttribute',
  Tags: 'Tag',
};

const xmlResult = (action: string, output: unknown): XmlValue => (isObject(output) ? xmlOf(action, output) : undefined);

const xmlOf = (action: string, value: Readonly<Record<string, unknown>>): { readonly [name: string]: XmlValue } =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => xmlMember(action, name, item)));

const xmlMember = (action: string, name: string, value: unknown): [string, XmlValue] => {
  if (Array.isArray(value)) {
    const element = name === 'Successful' ? `${action}ResultEntry` : (listNames[name] ?? name);
    return [element, value.map((item) => xmlItem(action, item))];
  }
  const map = mapNames[name];
  if (map === undefined || !isObject(value)) return [name, xmlItem(action, value)];
  const key = map === 'Tag' ? 'Key' : 'Name';
  return [map, Object.entries(value).map(([entry, item]) => ({ [key]: entry, Value: xmlItem(action, item) }))];
};

const xmlItem = (action: string, item: unknown): XmlValue => {
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return item;
  return isObject(item) ? xmlOf(action, item) : undefined;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
