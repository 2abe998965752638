import { AwsError } from '../aws/aws-error.ts';
import { canonicalPath } from './canonical-request.ts';
import type { VerifyOptions } from './check-signature.ts';
import { checkSignature, requireSignedHeaders } from './check-signature.ts';
import type { CredentialScope } from './credential-scope.ts';
import { parseCredential } from './credential-scope.ts';
import type { RequestTarget } from './request-target.ts';
import { canonicalQuery } from './request-target.ts';
import { malformedHeader, unsupportedSignature } from './signature-errors.ts';
import { parseAmzDate, requireFreshTime } from './signature-time.ts';
import type { VerifiedSignature } from './signed-request.ts';

/** A request taken apart once for verification. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: ReadonlyMap<string, string>;
}

/** Verifies `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export const verifyHeader = (request: ReceivedRequest, options: VerifyOptions): VerifiedSignature => {
  const { method, target, headers } = request;
  const given = parseAuthorization(headers.get('authorization') ?? '');
  const { credential, signedHeaders, signature } = given;
  const date = signatureDate(headers, credential);
  const payloadHash = payloadHashOf(headers, credential.service, options);
  const signed = new Set(signedHeaders);
  requireSignedHeaders(headers, signed);
  const signingKey = checkSignature(
    {
      credential,
      date: date.text,
      signature,
      sessionToken: headers.get('x-amz-security-token'),
      parts: {
        method,
        canonicalPath: canonicalPath(credential.service, target.rawPath),
        canonicalQuery: canonicalQuery(target.parameters),
        headers,
        signedHeaders,
        payloadHash,
      },
    },
    options.lookup,
  );
  const signatureAgeMs = requireFreshTime(date.time, options.clocks);
  const { accessKeyId, region, service, scope } = credential;
  const shared = { accessKeyId, region, service, scope, signature, signingKey, payloadHash, signatureAgeMs };
  return { ...shared, date: date.text, authType: 'REST-HEADER', signedHeaders: signed };
};

interface ParsedAuthorization {
  readonly credential: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const parseAuthorization = (header: string): ParsedAuthorization => {
  if (!header.startsWith('AWS4-HMAC-SHA256')) throw unsupportedSignature();
  const fields = new Map<string, string>();
  for (const piece of header.slice('AWS4-HMAC-SHA256'.length).split(',')) {
    const text = piece.trim();
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    if (equals < 1 || fields.has(name)) throw malformedHeader(`the part "${text}" is not one of its three fields.`);
    fields.set(name, text.slice(equals + 1));
  }
  const credential = parseCredential(fields.get('Credential') ?? '');
  if (credential === undefined) {
    throw malformedHeader(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const signedHeaders = parseSignedHeaders(fields.get('SignedHeaders') ?? '');
  if (signedHeaders === undefined) {
    throw malformedHeader('SignedHeaders must name the signed headers in lower case, sorted, separated by ";".');
  }
  const signature = fields.get('Signature') ?? '';
  if (!/^[0-9a-f]{64}$/.test(signature))
    throw malformedHeader('the Signature must be 64 lower-case hexadecimal digits.');
  if (fields.size !== 3) throw malformedHeader('it has fields besides Credential, SignedHeaders and Signature.');
  return { credential, signedHeaders, signature };
};

/** Splits `host;x-amz-date`; undefined unless lower case, sorted, without repetition, and naming `host`. */
export const parseSignedHeaders = (text: string): readonly string[] | undefined => {
  const names = text.split(';');
  const ordered = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  const wellFormed = names.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name));
  return ordered && wellFormed && names.includes('host') ? names : undefined;
};

const signatureDate = (
  headers: ReadonlyMap<string, string>,
  credential: CredentialScope,
): { text: string; time: number } => {
  const amzDate = headers.get('x-amz-date') ?? fromHttpDate(headers.get('date'));
  const time = parseAmzDate(amzDate ?? '');
  if (amzDate === undefined || time === undefined) {
    const message = 'AWS authentication requires a valid Date or x-amz-date header';
    throw new AwsError('AccessDenied', 403, message);
  }
  if (!amzDate.startsWith(credential.day)) {
    throw malformedHeader(`the day "${credential.day}" of the Credential differs from the date ${amzDate}.`);
  }
  return { text: amzDate, time };
};

const fromHttpDate = (text: string | undefined): string | undefined => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
};

const payloadHashOf = (headers: ReadonlyMap<string, string>, service: string, { bodyHash }: VerifyOptions): string => {
  const declared = headers.get('x-amz-content-sha256');
  if (service !== 's3') {
    if (bodyHash === undefined) throw new Error(`The digest of the body is needed to verify a request to ${service}.`);
    if (declared === undefined || declared === bodyHash) return bodyHash;
    throw new AwsError('XAmzContentSHA256Mismatch', 400, sha256Mismatch);
  }
  if (declared === undefined) {
    throw new AwsError('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256');
  }
  if (isPayloadHash(declared)) return declared;
  const message =
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.';
  throw new AwsError('InvalidArgument', 400, message, {
    ArgumentName: 'x-amz-content-sha256',
    ArgumentValue: declared,
  });
};

const sha256Mismatch = "The provided 'x-amz-content-sha256' header does not match what was computed.";

const namedPayloads = new Set([
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);

/** True for every form that `x-amz-content-sha256` may take. */
export const isPayloadHash = (text: string): boolean => namedPayloads.has(text) || /^[0-9a-f]{64}$/.test(text);
