import { BackupClient, PutRestoreValidationResultCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { errorFields } from '../shared/error-fields.ts';
import { createLog } from '../shared/logger.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { type Judgement, judge } from './judge.ts';
import { isJudged, RestoreEvent, restoredResource } from './restore-event.ts';
import { restoredView } from './restored-view.ts';

const log = createLog('validate-restore');
const backup = new BackupClient();
const view = restoredView(withoutRequestLog(new DynamoDBClient()), createS3Client(process.env));

/** Looks at what a restore test brought back, and tells AWS Backup, which removes it afterwards and announces a failure. */
export const handler = async (event: unknown): Promise<Judgement | undefined> => {
  const parsed = RestoreEvent.parse(event);
  if (isJudged(parsed)) return undefined;
  const judgement = await judgementOf(parsed);
  await backup.send(
    new PutRestoreValidationResultCommand({
      RestoreJobId: parsed.detail.restoreJobId,
      ValidationStatus: judgement.good ? 'SUCCESSFUL' : 'FAILED',
      ValidationStatusMessage: judgement.message,
    }),
  );
  log.info('judged a restore test', { ...judgement, resourceType: parsed.detail.resourceType });
  return judgement;
};

/** What cannot be looked at is not proven; the log says why. */
const judgementOf = async (event: RestoreEvent): Promise<Judgement> => {
  const resource = restoredResource(event);
  if (resource === undefined) return { good: false, message: 'The restored resource is neither a table nor a bucket.' };
  try {
    return await judge(resource, view);
  } catch (error) {
    log.error('a restored resource could not be looked at', { ...errorFields(error) });
    return { good: false, message: 'What was restored could not be read; the log of the function says why.' };
  }
};
