import { type Finding, unknown } from '../../core/doctor/finding.ts';

/** Makes checks; those that cannot be made say so under the given name, and are never taken for passed. */
export const look = async (
  check: string,
  make: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> => {
  try {
    return [await make()].flat();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [unknown(check, `it could not be looked at: ${error.name}: ${firstLine(error.message)}`, adviceFor(error))];
  }
};

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 300) ?? '';

const adviceFor = ({ name }: Error): string => {
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name)) {
    return 'These credentials may not read it; run this with those of an administrator';
  }
  if (/UnrecognizedClient|InvalidClientTokenId|AuthFailure|OptInRequired/.test(name)) {
    return 'Either the credentials are not valid, or the region is not enabled: aws account enable-region --region-name …';
  }
  if (/Credentials|ExpiredToken/.test(name)) return 'Sign in to AWS: aws sts get-caller-identity has to answer';
  return 'Try again; if it stays, look at it in the console';
};
