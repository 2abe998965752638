import { Agent, request as httpRequest } from 'node:http';
import { AwsError } from '../aws/aws-error.ts';
import { type HttpAnswer, type OpenConnections, openConnections } from './open-connections.ts';

/** Where the items of a region are. */
export interface ItemsPlace {
  readonly url: string;
  readonly region: string;
  /** A Dynoxide that the platform runs; otherwise somebody else's DynamoDB. */
  readonly isOwn: boolean;
}

/** Passes operations on to the DynamoDB of a region, as they are, and its answers back. */
export interface Carrier {
  /** The target names version and operation: `DynamoDB_20120810.PutItem`. */
  carry(target: string, body: Buffer | string): Promise<HttpAnswer>;
  close(): void;
}

export const createCarrier = ({ url, region, isOwn }: ItemsPlace): Carrier => {
  const connections = isOwn ? openConnections(...addressOf(url)) : agentConnections(url);
  const fixed = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    authorization: authorization(region),
  };
  return {
    carry: (target, body) =>
      connections.post({ ...fixed, 'x-amz-target': target }, body).catch((error) => {
        throw unavailable(error);
      }),
    close: () => connections.close(),
  };
};

/** Dynoxide looks whether a request is signed, not by whom; DynamoDB Local takes key and region as the name of a database. */
const authorization = (region: string): string =>
  `AWS4-HMAC-SHA256 Credential=mediakeep/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

const addressOf = (url: string): [host: string, port: number] => {
  const { hostname, port } = new URL(url);
  return [hostname, Number(port)];
};

/** For a server that may be any: by Node's own client. */
const agentConnections = (url: string): OpenConnections => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  return {
    post: (headers, body) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(url, {
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        });
        outgoing.on('response', (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 500, body: Buffer.concat(chunks) }));
          incoming.on('error', reject);
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
};

/** The error on which every SDK tries again: Dynoxide is being restarted. */
const unavailable = (cause: Error): AwsError =>
  new AwsError('InternalServerError', 500, `DynamoDB does not answer at the moment (${cause.message}).`);
