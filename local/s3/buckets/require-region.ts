import { AwsError } from '../../aws/aws-error.ts';
import type { S3Request } from '../protocol/request.ts';
import type { Bucket } from '../store/buckets.ts';

/** Refuses a signature for another region than the bucket's and names the right one, from which clients learn it. */
export const requireRegion = (request: S3Request, bucket: Bucket, route: string): void => {
  const { signature } = request.aws;
  if (signature === undefined || signature.region === bucket.region || route === 'GET location') return;
  const inQuery = signature.authType === 'REST-QUERY-STRING';
  const subject = inQuery ? 'Error parsing the X-Amz-Credential parameter' : 'The authorization header is malformed';
  throw new AwsError(
    inQuery ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed',
    400,
    `${subject}; the region '${signature.region}' is wrong; expecting '${bucket.region}'`,
    { Region: bucket.region },
  );
};
