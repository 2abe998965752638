import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import type { BusEvent } from '../events/event.ts';
import type { CredentialLookup, SignatureClocks } from '../sigv4/index.ts';
import { claimedScope, verifyRequest } from '../sigv4/index.ts';
import type { Admit } from './admission.ts';
import { answerDate } from './answer-date.ts';
import { AwsError } from './aws-error.ts';
import type { Caller } from './caller.ts';
import { writeEndpointError } from './endpoint-error.ts';
import { loseAnswer } from './lose-answer.ts';
import { operationName } from './operation-name.ts';
import { collectBody } from './request-body.ts';
import { requestContext } from './request-context.ts';
import type { AwsRequest, AwsService } from './service.ts';
import { trailEvent } from './trail.ts';

export interface EndpointDeps {
  readonly services: readonly AwsService[];
  readonly lookup: CredentialLookup;
  /** Who an access key belongs to, once the signature has been verified. */
  readonly callerOf: (accessKeyId: string) => Caller;
  readonly clocks: SignatureClocks;
  readonly accountId: string;
  /** Where anonymous requests and forms are thought to be made. */
  readonly homeRegion: string;
  readonly newId: () => string;
  /** Answers requests below `/_platform/`, which no AWS service has. */
  readonly control: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** @default every request is let in */
  readonly admit?: Admit;
  /** Hears of calls that change who may do what. @default nobody */
  readonly tell?: (event: BusEvent) => void;
  readonly log: (line: string) => void;
}

/** Larger bodies of a service other than S3 are refused before anybody parses them. */
const maxBodyBytes = 17 * 1024 ** 2;
/** A large part over a slow line takes its time. */
const longestRequestMs = 3_600_000;
const controlPrefix = '/_platform/';

/**
 * The one endpoint: verifies each signature, finds the caller, and hands the request to the service that the signature's
 * scope names. What is not signed belongs to S3: anonymous requests, preflights, and forms, whose signature is in their fields.
 */
export const createEndpoint = (deps: EndpointDeps): http.Server => {
  const services = new Map(deps.services.map((service) => [service.signingName, service]));
  const server = http.createServer({
    keepAliveTimeout: 60_000,
    requestTimeout: longestRequestMs,
    maxHeaderSize: 64 * 1024,
  });
  const answer = async (request: IncomingMessage, response: ServerResponse, proceed = () => {}): Promise<void> => {
    if (request.url?.startsWith(controlPrefix)) return await deps.control(request, response);
    const requestId = deps.newId();
    const signingName = claimedScope(request)?.service ?? 's3';
    response.setHeader('date', answerDate(request, deps.clocks));
    try {
      const service = services.get(signingName);
      if (service === undefined) throw unknownService(signingName);
      // Only S3's signatures are verified before the body is there.
      if (signingName !== 's3') proceed();
      const authenticated = await authenticate(request, requestId, deps);
      if (signingName === 's3') proceed();
      const operation = (service.operationOf ?? operationName)(authenticated);
      const { caller, region } = authenticated;
      const effect = deps.admit?.({ caller, service: signingName, operation, region });
      if (effect === 'cut') return void request.socket.destroy();
      if (effect === 'cut-after') loseAnswer(response);
      await service.handle(authenticated, response);
      const event = response.statusCode < 300 ? trailEvent(authenticated, signingName, operation) : undefined;
      if (event !== undefined) deps.tell?.(event);
    } catch (error) {
      if (!(error instanceof AwsError)) deps.log(`${signingName} ${request.method}: ${describe(error)}`);
      // What is left of the body is read and dropped: a connection that is cut would take the answer with it.
      request.resume();
      writeEndpointError(response, { error: asAwsError(error), signingName, requestId, target: request.url ?? '/' });
    }
  };
  server.on('request', (request, response) => void answer(request, response));
  // Who waits for leave to send a large body is spared it where the signature is wrong.
  server.on('checkContinue', (request, response) => {
    void answer(request, response, () => response.writeContinue());
  });
  return server;
};

const authenticate = async (http: IncomingMessage, requestId: string, deps: EndpointDeps): Promise<AwsRequest> => {
  const scope = claimedScope(http);
  const body = scope === undefined || scope.service === 's3' ? undefined : await collectBody(http, maxBodyBytes);
  const signature = verifyRequest(http, {
    lookup: deps.lookup,
    clocks: deps.clocks,
    ...(body && { bodyHash: hash('sha256', body) }),
  });
  const region = signature?.region ?? deps.homeRegion;
  const caller = signature === undefined ? anonymous : deps.callerOf(signature.accessKeyId);
  return {
    http,
    ...(body && { body }),
    url: http.url ?? '/',
    requestId,
    region,
    accountId: deps.accountId,
    caller,
    ...(signature && { signature }),
    baseContext: requestContext(http, region),
  };
};

const anonymous: Caller = { kind: 'anonymous', arn: '', accountId: '', identityPolicies: [] };

const unknownService = (signingName: string): AwsError =>
  new AwsError('NotImplemented', 501, `The embedded platform has no service \`${signingName}\`.`);

const asAwsError = (error: unknown): AwsError =>
  error instanceof AwsError ? error : new AwsError('InternalError', 500, 'We encountered an internal error.');

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
