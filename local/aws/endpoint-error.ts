import type { ServerResponse } from 'node:http';
import type { AwsError } from './aws-error.ts';
import { xmlElement } from './query-protocol.ts';

export interface EndpointFailure {
  readonly error: AwsError;
  readonly signingName: string;
  readonly requestId: string;
  /** The request's path and query. */
  readonly target: string;
}

const xmlServices = new Set(['s3', 'sts', 'sns']);

/** Answers an error that stands before every service (signature, unknown service) in the form that the client expects. */
export const writeEndpointError = (response: ServerResponse, failure: EndpointFailure): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { type, text } = xmlServices.has(failure.signingName) ? asXml(failure) : asJson(failure);
  response.writeHead(failure.error.status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'x-amz-request-id': failure.requestId,
    'x-amzn-requestid': failure.requestId,
  });
  response.end(text);
};

const asXml = ({ error, signingName, requestId, target }: EndpointFailure): { type: string; text: string } => {
  const content = { Code: error.code, Message: error.message, ...error.details };
  const s3 = { ...content, Resource: target.split('?')[0] ?? '/', RequestId: requestId, HostId: requestId };
  const body =
    signingName === 's3'
      ? xmlElement('Error', s3)
      : `<ErrorResponse>${xmlElement('Error', { Type: 'Sender', ...content })}${xmlElement('RequestId', requestId)}</ErrorResponse>`;
  return { type: 'application/xml', text: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
};

const asJson = ({ error }: EndpointFailure): { type: string; text: string } => ({
  type: 'application/x-amz-json-1.0',
  text: JSON.stringify({ __type: jsonCodes[error.code] ?? error.code, message: error.message }),
});

/** The same refusals bear other names outside S3. */
const jsonCodes: Readonly<Record<string, string>> = {
  SignatureDoesNotMatch: 'InvalidSignatureException',
  InvalidAccessKeyId: 'UnrecognizedClientException',
  RequestTimeTooSkewed: 'InvalidSignatureException',
  AccessDenied: 'AccessDeniedException',
};
