import { hash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../core/time.ts';
import { answerDate } from '../../aws/answer-date.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { writeEndpointError } from '../../aws/endpoint-error.ts';
import { loseAnswer } from '../../aws/lose-answer.ts';
import { collectBody } from '../../aws/request-body.ts';
import { requestContext } from '../../aws/request-context.ts';
import { sharedClock } from '../../clock.ts';
import { listenOn } from '../../listen.ts';
import { type Credentials, claimedScope, type VerifiedSignature, verifyRequest } from '../../sigv4/index.ts';
import { type Carrier, createCarrier, type ItemsPlace } from '../carrier.ts';
import { errorAnswer, writeAnswer } from '../dynamodb-answer.ts';
import { maxBodyBytes } from '../request-size.ts';
import { inBatches } from './in-batches.ts';
import type { DoorQuestion, DoorReply, DoorStart, FromDoor, ToDoor } from './messages.ts';

/*
 * The thread of the door: it reads a request, verifies its signature, asks the platform what is to become of it, carries it
 * to where the items are, and writes the answer.
 */
const { clockOffset }: DoorStart = workerData;
const clocks = { platform: sharedClock(clockOffset), machine: systemClock };

const send = inBatches<FromDoor>((batch) => parentPort?.postMessage(batch));

const waiting = new Map<number, (reply: DoorReply) => void>();
let lastId = 0;
const ask = (question: DoorQuestion): { readonly id: number; readonly reply: Promise<DoorReply> } => {
  lastId += 1;
  const id = lastId;
  const reply = new Promise<DoorReply>((resolve) => waiting.set(id, resolve));
  send({ kind: 'question', id, question });
  return { id, reply };
};
parentPort?.on('message', (batch: readonly ToDoor[]) => {
  for (const { id, reply } of batch) {
    waiting.get(id)?.(reply);
    waiting.delete(id);
  }
});

const answer = async (http: IncomingMessage, response: ServerResponse): Promise<void> => {
  const requestId = randomUUID();
  response.setHeader('date', answerDate(http, clocks));
  try {
    await serve(http, response, requestId);
  } catch (error) {
    http.resume();
    const shown = error instanceof AwsError ? error : unexpected(error);
    writeEndpointError(response, { error: shown, signingName: 'dynamodb', requestId, target: http.url ?? '/' });
  }
};

const serve = async (http: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
  const body = await collectBody(http, maxBodyBytes);
  const { accessKeyId, region } = await verified(http, body);
  const target = String(http.headers['x-amz-target'] ?? '');
  const text = body.toString('utf8');
  const baseContext = requestContext(http, region);
  const { id, reply } = ask({ kind: 'request', accessKeyId, region, baseContext, target, text });
  const verdict = await reply;
  if (verdict.kind === 'refused') throw awsError(verdict.error);
  if (verdict.kind === 'cut') return void http.socket.destroy();
  if (verdict.kind === 'key') throw new Error('The platform answered another question.');
  if (verdict.isLost) loseAnswer(response);
  if (verdict.kind === 'answer') {
    writeAnswer(response, { status: verdict.status, body: Buffer.from(verdict.text), requestId });
    return;
  }
  const carried = await carrierTo(verdict.place)
    .carry(target, verdict.text ?? body)
    .catch(errorAnswer);
  if (verdict.isWrite) send({ kind: 'carried', id, succeeded: carried.status === 200 });
  writeAnswer(response, { ...carried, requestId });
};

const keys = new Map<string, Credentials>();
const lookup = (accessKeyId: string): Credentials | undefined => keys.get(accessKeyId);
/** Sessions follow each other for as long as the platform runs. */
const mostKeys = 1000;

const verified = async (http: IncomingMessage, body: Buffer): Promise<VerifiedSignature> => {
  const scope = claimedScope(http);
  if (scope?.service !== 'dynamodb') throw notForDynamoDb();
  if (!keys.has(scope.accessKeyId)) await learn(scope.accessKeyId);
  const signature = verifyRequest(http, { lookup, clocks, bodyHash: hash('sha256', body) });
  if (signature === undefined) throw notForDynamoDb();
  return signature;
};

const learn = async (accessKeyId: string): Promise<void> => {
  const reply = await ask({ kind: 'key', accessKeyId }).reply;
  if (reply.kind === 'refused') throw awsError(reply.error);
  if (reply.kind !== 'key' || reply.credentials === undefined) return;
  if (keys.size >= mostKeys) keys.clear();
  keys.set(accessKeyId, reply.credentials);
};

const carriers = new Map<string, Carrier>();

const carrierTo = (place: ItemsPlace): Carrier => {
  const carrier = carriers.get(place.region) ?? createCarrier(place);
  carriers.set(place.region, carrier);
  return carrier;
};

const awsError = ({ code, status, message, details }: Pick<AwsError, 'code' | 'status' | 'message' | 'details'>) =>
  new AwsError(code, status, message, details);

const notForDynamoDb = (): AwsError =>
  new AwsError('MissingAuthenticationToken', 400, 'The request is not signed for DynamoDB, which alone answers here.');

const unexpected = (error: unknown): AwsError => {
  console.error(`DynamoDB's door failed: ${error instanceof Error ? error.stack : String(error)}`);
  return new AwsError('InternalError', 500, 'We encountered an internal error.');
};

const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024 });
server.on('request', (http, response) => void answer(http, response));
send({ kind: 'open', port: await listenOn(server, 0, "DynamoDB's door") });
