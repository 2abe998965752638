import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { withoutRequestLog } from './without-request-log.ts';

/**
 * The client of S3's account-wide operations. It writes the account into the host's name, which an endpoint of one's own does
 * not have: there the account goes in its header alone.
 */
export const createS3ControlClient = (environment: Readonly<Record<string, string | undefined>>): S3ControlClient => {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region = '' } = environment;
  return withoutRequestLog(
    new S3ControlClient({
      maxAttempts: 4,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      ...(endpoint !== undefined && { endpointProvider: () => ownEndpoint(endpoint, region) }),
    }),
  );
};

const ownEndpoint = (endpoint: string, signingRegion: string) => ({
  url: new URL(endpoint),
  headers: {},
  properties: {
    authSchemes: [
      { name: 'sigv4' as const, signingName: 's3', signingRegion, disableDoubleEncoding: true, properties: {} },
    ],
  },
});
