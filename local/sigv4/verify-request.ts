import { AwsError } from '../aws/aws-error.ts';
import { verifyHeader } from './authorization-header.ts';
import type { VerifyOptions } from './check-signature.ts';
import { verifyPresigned } from './presigned-query.ts';
import type { RequestTarget } from './request-target.ts';
import { parseTarget } from './request-target.ts';
import { unsupportedSignature } from './signature-errors.ts';
import type { SignedRequest, VerifiedSignature } from './signed-request.ts';
import { headerMap } from './signed-request.ts';

/**
 * Verifies the signature of a request to any service, byte by byte. Undefined where the request carries none (anonymous,
 * or a form whose signature stands in its fields). Throws an {@link AwsError} with S3's codes for a signature that is
 * wrong, expired, of another version, or that leaves a deciding header uncovered.
 */
export const verifyRequest = (request: SignedRequest, options: VerifyOptions): VerifiedSignature | undefined => {
  const target = parseTarget(request.url ?? '/');
  const headers = headerMap(request.rawHeaders);
  const received = { method: request.method ?? 'GET', target, headers };
  const inHeader = headers.has('authorization');
  const inQuery = queryVersion(target);
  if (inHeader && inQuery !== undefined) throw twoMechanisms();
  if (inQuery === 2) throw unsupportedSignature();
  if (inHeader) return verifyHeader(received, options);
  return inQuery === 4 ? verifyPresigned(received, options) : undefined;
};

const version4Names = new Set(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']);
const version2Names = new Set(['AWSAccessKeyId', 'Signature']);

const queryVersion = ({ parameters }: RequestTarget): 2 | 4 | undefined => {
  if (parameters.some(({ name }) => version4Names.has(name))) return 4;
  return parameters.some(({ name }) => version2Names.has(name)) ? 2 : undefined;
};

const twoMechanisms = (): AwsError =>
  new AwsError(
    'InvalidArgument',
    400,
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    { ArgumentName: 'Authorization' },
  );
