import { PutObjectCommand } from '@aws-sdk/client-s3';
import { urlSigner } from '../../shared/presign.ts';
import type { Scratch } from '../ports.ts';
import { bucketAddress } from './bucket-address.ts';
import type { VaultOptions } from './vault.ts';

/** Copies that were opened for somebody: unpacked, and gone within a day. */
export const createScratch = ({ client, bucket, region, endpoint, clock }: VaultOptions): Scratch => {
  const address = bucketAddress(bucket, { region, endpoint });
  return {
    open: async ({ key, body, disposition, contentType, expiresInSeconds }) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
      const context = { credentials: await client.config.credentials(), region, now: clock.now() };
      return urlSigner(context)({
        method: 'GET',
        address: address.object(key),
        query: {
          'response-content-disposition': disposition,
          'response-content-type': contentType,
          'response-cache-control': 'private, no-store',
        },
        expiresInSeconds,
      });
    },
  };
};
