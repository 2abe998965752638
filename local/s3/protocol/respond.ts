import type { ServerResponse } from 'node:http';
import { AwsError } from '../../aws/aws-error.ts';
import { plainXmlDocument, textElement } from './xml.ts';

/** Headers of an answer; one that is undefined is left out. */
export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

/** Sets the headers that every answer of S3 carries. */
export const identify = (response: ServerResponse, requestId: string): void => {
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', requestId);
  response.setHeader('server', 'AmazonS3');
};

/** Answers without a body. */
export const sendEmpty = (response: ServerResponse, status: number, headers: AnswerHeaders = {}): void => {
  setHeaders(response, headers);
  if (status !== 204 && status !== 304 && !response.hasHeader('content-length'))
    response.setHeader('content-length', 0);
  response.statusCode = status;
  response.end();
};

/** Answers with a body of XML. */
export const sendXml = (response: ServerResponse, xml: string, headers: AnswerHeaders = {}, status = 200): void => {
  const body = Buffer.from(xml, 'utf8');
  setHeaders(response, headers);
  response.setHeader('content-type', 'application/xml');
  response.setHeader('content-length', body.length);
  response.statusCode = status;
  response.end(body);
};

/** Sets headers; values are sent as the bytes of Latin-1. */
export const setHeaders = (response: ServerResponse, headers: AnswerHeaders): void => {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
};

/** What an error answer tells besides the error. */
export interface ErrorOrigin {
  readonly method: string | undefined;
  /** The path of the request. */
  readonly resource: string;
  readonly requestId: string;
}

/** Answers an error in S3's XML; to HEAD, and with 304, the status alone. An unknown error is a fixed 500. */
export const sendError = (response: ServerResponse, error: unknown, origin: ErrorOrigin): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof AwsError ? error : internalError;
  identify(response, origin.requestId);
  if (known.code === 'MethodNotAllowed' && known.details['Allow']) response.setHeader('allow', known.details['Allow']);
  if (origin.method === 'HEAD' || known.status === 304) {
    sendEmpty(response, known.status);
    return;
  }
  const body = Buffer.from(errorXml(known, origin), 'utf8');
  response.statusCode = known.status;
  response.setHeader('content-type', 'application/xml');
  response.setHeader('content-length', body.length);
  response.end(body);
};

const internalError = new AwsError('InternalError', 500, 'We encountered an internal error. Please try again.');

/** The XML of an error. */
const errorXml = (error: AwsError, { resource, requestId }: Omit<ErrorOrigin, 'method'>): string =>
  plainXmlDocument(
    'Error',
    textElement('Code', error.code),
    textElement('Message', error.message),
    ...Object.entries(error.details).map(([name, value]) => textElement(name, value)),
    textElement('Resource', resource),
    textElement('RequestId', requestId),
    textElement('HostId', requestId),
  );
