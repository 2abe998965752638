import type { Mediakeep } from '../client/index.ts';
import { ServiceError } from '../client/index.ts';
import type { Asset } from '../core/schemas/asset.ts';
import { CliError, exitCodes } from './exit-codes.ts';

/** Changes attributes of exactly the asset that was read; where somebody else was faster, reads it again, once. */
export const changeAttributes = async (
  client: Mediakeep,
  assetId: string,
  changeOf: (asset: Asset) => Record<string, unknown>,
): Promise<Asset> => {
  try {
    return await changeOnce(client, assetId, changeOf);
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'precondition-failed')) throw error;
    return await changeOnce(client, assetId, changeOf);
  }
};

const changeOnce: typeof changeAttributes = async (client, assetId, changeOf) => {
  const { value, etag } = await client.asset(assetId);
  if (etag === undefined) {
    throw new CliError(exitCodes.failed, 'The service answered the asset without an ETag, so no change of it is safe.');
  }
  return (await client.change(assetId, changeOf(value), etag)).value;
};
