import { UndeleteEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createAbroadTable } from '../shared/abroad-table.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { errorFields } from '../shared/error-fields.ts';
import { createLog } from '../shared/logger.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import {
  type MarkerDeps,
  removeMarker,
  type UndeleteAnswer,
  UndeleteRequest,
  versionRemover,
} from './remove-marker.ts';

const { VAULT_BUCKET: bucket, CATALOG_TABLE: table } = parseEnvironment(UndeleteEnvironment, process.env);
const log = createLog('undelete');
const s3 = createS3Client(process.env);
const deps: MarkerDeps = {
  vault: vaultView(s3, bucket),
  remove: versionRemover(s3, bucket),
  announceAbroad: createAbroadTable(createTableClient(), table, { clock: systemClock, random: Math.random }).announce,
};

/**
 * Removes a delete marker for the API, which itself may not delete versions. Whoever calls this has decided that the
 * asset may come back; that the version is a marker is decided here.
 */
export const handler = async (event: unknown): Promise<UndeleteAnswer> => {
  try {
    const answer = await removeMarker(UndeleteRequest.parse(event), deps);
    log.info('asked to remove a marker', { ...answer });
    return answer;
  } catch (error) {
    log.error('a marker could not be removed', { ...errorFields(error) });
    throw error;
  }
};
