export type { VerifyOptions } from './check-signature.ts';
export type { CredentialScope } from './credential-scope.ts';
export { claimedScope } from './credential-scope.ts';
export { unknownAccessKey } from './signature-errors.ts';
export type { SignatureClocks } from './signature-time.ts';
export { parseAmzDate } from './signature-time.ts';
export type { CredentialLookup, Credentials, SignedRequest, VerifiedSignature } from './signed-request.ts';
export { verifyRequest } from './verify-request.ts';
