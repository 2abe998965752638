import type { CanonicalParts } from './canonical-request.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import type { CredentialScope } from './credential-scope.ts';
import { headersNotSigned, invalidToken, signatureDoesNotMatch, unknownAccessKey } from './signature-errors.ts';
import type { SignatureClocks } from './signature-time.ts';
import type { CredentialLookup } from './signed-request.ts';
import { signaturesEqual, signingKey, signText } from './signing-key.ts';

/** What a verification needs besides the request. */
export interface VerifyOptions {
  readonly lookup: CredentialLookup;
  readonly clocks: SignatureClocks;
  /** SHA-256 of the body in hexadecimal, for services whose clients do not send it as `x-amz-content-sha256`. */
  readonly bodyHash?: string;
}

/** A signature as it was given, with what it claims to cover. */
export interface GivenSignature {
  readonly credential: CredentialScope;
  readonly date: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
  readonly parts: CanonicalParts;
}

/** Recomputes the signature and compares; answers the derived key. */
export const checkSignature = (given: GivenSignature, lookup: CredentialLookup): Buffer => {
  const { accessKeyId, scope } = given.credential;
  const key = keyOf(given, lookup);
  const canonical = canonicalRequest(given.parts);
  const text = stringToSign(given.date, scope, canonical);
  if (signaturesEqual(signText(key, text), given.signature)) return key;
  throw signatureDoesNotMatch({
    AWSAccessKeyId: accessKeyId,
    StringToSign: text,
    SignatureProvided: given.signature,
    CanonicalRequest: canonical,
  });
};

/** The derived key of an access key, once its session token is the right one. */
export const keyOf = (given: Pick<GivenSignature, 'credential' | 'sessionToken'>, lookup: CredentialLookup): Buffer => {
  const { accessKeyId, scope } = given.credential;
  const credentials = lookup(accessKeyId);
  if (credentials === undefined) throw unknownAccessKey(accessKeyId);
  if (credentials.sessionToken !== given.sessionToken) {
    throw given.sessionToken === undefined ? unknownAccessKey(accessKeyId) : invalidToken();
  }
  return signingKey(lookup, credentials.secretAccessKey, scope);
};

/** Refuses `host` or any `x-amz-*` header outside the signature: such a header would change what was allowed. */
export const requireSignedHeaders = (headers: ReadonlyMap<string, string>, signed: ReadonlySet<string>): void => {
  const missing = [...headers.keys()].filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.has(name),
  );
  if (missing.length > 0) throw headersNotSigned(missing);
};
