import { UndeleteEnvironment } from '../../core/function-environment.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { errorFields } from '../shared/error-fields.ts';
import { createLog } from '../shared/logger.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import { removeMarker, type UndeleteAnswer, UndeleteRequest, versionRemover } from './remove-marker.ts';

const { VAULT_BUCKET: bucket } = parseEnvironment(UndeleteEnvironment, process.env);
const log = createLog('undelete');
const s3 = createS3Client(process.env);
const vault = vaultView(s3, bucket);
const remove = versionRemover(s3, bucket);

/**
 * Removes a delete marker for the API, which itself may not delete versions. Whoever calls this has decided that the
 * asset may come back; that the version is a marker is decided here.
 */
export const handler = async (event: unknown): Promise<UndeleteAnswer> => {
  try {
    const answer = await removeMarker(UndeleteRequest.parse(event), vault, remove);
    log.info('asked to remove a marker', { ...answer });
    return answer;
  } catch (error) {
    log.error('a marker could not be removed', { ...errorFields(error) });
    throw error;
  }
};
