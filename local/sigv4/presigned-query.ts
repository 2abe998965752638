import type { ReceivedRequest } from './authorization-header.ts';
import { isPayloadHash, parseSignedHeaders } from './authorization-header.ts';
import { canonicalPath } from './canonical-request.ts';
import type { VerifyOptions } from './check-signature.ts';
import { checkSignature, requireSignedHeaders } from './check-signature.ts';
import type { CredentialScope } from './credential-scope.ts';
import { parseCredential } from './credential-scope.ts';
import { uriEncode } from './encoding.ts';
import type { QueryParameter } from './request-target.ts';
import { canonicalQuery } from './request-target.ts';
import { badQueryParameters } from './signature-errors.ts';
import { maxPresignSeconds, parseAmzDate, requireLiveUrl } from './signature-time.ts';
import type { VerifiedSignature } from './signed-request.ts';

/**
 * Verifies a presigned URL. Its query must be spelled as it was signed: a parameter that comes twice or in another
 * percent-encoding is refused, though it may mean the same.
 */
export const verifyPresigned = (request: ReceivedRequest, options: VerifyOptions): VerifiedSignature => {
  const { method, target, headers } = request;
  const query = uniqueParameters(target.parameters);
  const given = parseQuery(query);
  const { credential, date } = given;
  const payloadHash = query.get('X-Amz-Content-Sha256') ?? headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  if (!isPayloadHash(payloadHash)) throw badQueryParameters('X-Amz-Content-Sha256 is not a known form.');
  const signed = new Set(given.signedHeaders);
  requireSignedHeaders(headers, signed);
  const signingKey = checkSignature(
    {
      credential,
      date: date.text,
      signature: given.signature,
      sessionToken: query.get('X-Amz-Security-Token'),
      parts: {
        method,
        canonicalPath: canonicalPath(credential.service, target.rawPath),
        canonicalQuery: canonicalQuery(target.parameters, 'X-Amz-Signature'),
        headers,
        signedHeaders: given.signedHeaders,
        payloadHash,
      },
    },
    options.lookup,
  );
  const signatureAgeMs = requireLiveUrl(date.time, given.expiresSeconds, options.clocks);
  const { accessKeyId, region, service, scope } = credential;
  const shared = { accessKeyId, region, service, scope, signingKey, payloadHash, signatureAgeMs };
  const signature = given.signature;
  return { ...shared, signature, date: date.text, authType: 'REST-QUERY-STRING', signedHeaders: signed };
};

const uniqueParameters = (parameters: readonly QueryParameter[]): Map<string, string> => {
  const values = new Map<string, string>();
  for (const { name, value, raw } of parameters) {
    if (values.has(name)) throw badQueryParameters(`The query parameter ${name} was given more than once.`);
    const spelled = `${uriEncode(name)}=${uriEncode(value)}`;
    if (raw !== spelled && raw !== uriEncode(name)) {
      throw badQueryParameters(`The query parameter ${name} is not percent-encoded as it is signed.`);
    }
    values.set(name, value);
  }
  return values;
};

interface PresignedFields {
  readonly credential: CredentialScope;
  readonly date: { readonly text: string; readonly time: number };
  readonly expiresSeconds: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const required = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'];

const parseQuery = (query: ReadonlyMap<string, string>): PresignedFields => {
  if (required.some((name) => !query.has(`X-Amz-${name}`))) {
    throw badQueryParameters(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const value = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  if (value('Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw badQueryParameters('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const credential = parseCredential(value('Credential'));
  if (credential === undefined) {
    throw badQueryParameters(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const time = parseAmzDate(value('Date'));
  if (time === undefined)
    throw badQueryParameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!value('Date').startsWith(credential.day)) {
    throw badQueryParameters(`Invalid credential date "${credential.day}". This date is not the same as X-Amz-Date.`);
  }
  const signedHeaders = parseSignedHeaders(value('SignedHeaders'));
  if (signedHeaders === undefined) {
    throw badQueryParameters('X-Amz-SignedHeaders must name host and the other signed headers in lower case, sorted.');
  }
  const expiresSeconds = parseExpires(value('Expires'));
  return {
    credential,
    date: { text: value('Date'), time },
    expiresSeconds,
    signedHeaders,
    signature: value('Signature'),
  };
};

const parseExpires = (text: string): number => {
  if (!/^-?\d+$/.test(text)) throw badQueryParameters('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) throw badQueryParameters('X-Amz-Expires must be non-negative');
  if (seconds <= maxPresignSeconds) return seconds;
  throw badQueryParameters(
    `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxPresignSeconds} seconds`,
  );
};
