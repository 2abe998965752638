import { hash } from 'node:crypto';
import { startDigest } from '../../../core/checksums/digest.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { ChunkedPayload, isChunked } from '../../sigv4/chunked-payload.ts';
import { checksumHeader } from '../checksums/algorithm.ts';
import { badChecksum, requestedChecksum } from '../checksums/requested-checksum.ts';
import { consume } from './consume.ts';
import { invalidRequest } from './errors.ts';
import type { S3Request } from './request.ts';
import { header } from './request.ts';
import type { XmlElement } from './xml.ts';
import { malformedXml, parseXml } from './xml-parser.ts';

const maxBodyBytes = 2 * 1024 * 1024;

/** How a body is read. */
export interface ReadXmlOptions {
  /** A Content-MD5 or a checksum must be sent. */
  readonly integrity?: boolean;
}

/** Reads and verifies the XML body of a request. */
export const readXml = async (request: S3Request, options: ReadXmlOptions = {}): Promise<XmlElement> => {
  const body = await readVerifiedBody(request, options);
  if (body.length === 0) throw new AwsError('MissingRequestBodyError', 400, 'Request Body is empty');
  return parseXml(body);
};

/** Reads an XML body whose checksum headers speak of something else: those of Complete are about the whole object. */
export const readBodyXml = async (request: S3Request): Promise<XmlElement> => {
  const { body } = await readBody(request);
  requirePayloadHash(request, body);
  if (body.length === 0) throw malformedXml();
  return parseXml(body);
};

/** Reads and verifies a small body. */
export const readVerifiedBody = async (
  request: S3Request,
  { integrity = false }: ReadXmlOptions = {},
): Promise<Buffer> => {
  const requested = requestedChecksum(request.headers);
  const md5 = header(request, 'content-md5');
  if (integrity && requested === undefined && md5 === undefined) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const { body, trailers } = await readBody(request);
  requirePayloadHash(request, body);
  if (md5 !== undefined && hash('md5', body, 'base64') !== md5) {
    throw new AwsError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
  }
  if (requested !== undefined) {
    const digest = startDigest(requested.algorithm);
    digest.update(body);
    const given = requested.value ?? trailers?.get(checksumHeader(requested.algorithm));
    if (given !== digest.digest().toString('base64')) throw badChecksum(requested.algorithm);
  }
  return body;
};

const requirePayloadHash = (request: S3Request, body: Buffer): void => {
  const payloadHash = request.aws.signature?.payloadHash ?? '';
  if (/^[0-9a-f]{64}$/.test(payloadHash) && hash('sha256', body) !== payloadHash) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
};

const readBody = async (request: S3Request): Promise<{ body: Buffer; trailers?: ReadonlyMap<string, string> }> => {
  const { signature, http, body: alreadyRead } = request.aws;
  const chunked =
    signature !== undefined && isChunked(signature.payloadHash) ? new ChunkedPayload(signature) : undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer): undefined => {
    bytes += piece.length;
    if (bytes > maxBodyBytes) throw malformedXml();
    pieces.push(...(chunked === undefined ? [piece] : chunked.decode(piece)));
  };
  if (alreadyRead === undefined) await consume(http, take);
  else take(alreadyRead);
  chunked?.end();
  return { body: Buffer.concat(pieces), ...(chunked !== undefined && { trailers: chunked.trailers }) };
};
