import { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { AwsSettings } from './operator-target.ts';

/**
 * The client of S3's account-wide operations. It writes the account into the host's name, which an endpoint of one's own does
 * not have: there the account goes in its header alone.
 */
export const createS3ControlClient = ({ region, endpoint, credentials }: AwsSettings): S3ControlClient =>
  new S3ControlClient({
    region,
    ...(credentials !== undefined && { credentials }),
    ...(endpoint !== undefined && { endpointProvider: () => ownEndpoint(endpoint, region) }),
  });

const ownEndpoint = (endpoint: string, region: string) => ({
  url: new URL(endpoint),
  headers: {},
  properties: {
    authSchemes: [
      { name: 'sigv4' as const, signingName: 's3', signingRegion: region, disableDoubleEncoding: true, properties: {} },
    ],
  },
});
