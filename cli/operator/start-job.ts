import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { operatorTenant } from '../../core/catalog/keys.ts';
import { canonicalJson } from '../../core/facts.ts';
import { jobAlias } from '../../core/jobs/job-function.ts';
import { type JobKind, newJobRow } from '../../core/jobs/job-row.ts';
import { isoTime } from '../../core/time.ts';
import type { OperatorTarget } from './operator-target.ts';

/** A job that an operator wants done. */
export interface WantedJob {
  readonly job: JobKind;
  /** The construct's id, in lower case, of the durable function that does this kind. */
  readonly functionId: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** @default the whole deployment's */
  readonly tenant?: string;
}

/** Who the row says has asked for it. */
const createdBy = 'operator';

/**
 * Writes the job's row and starts its execution, which is named after it. A command that is cut off between the two leaves a
 * row that nothing works on; whoever asks again gets a job of their own.
 */
export const startOperatorJob = async (
  target: OperatorTarget,
  { job, functionId, input, tenant = operatorTenant }: WantedJob,
): Promise<{ readonly tenant: string; readonly jobId: string }> => {
  const FunctionName = await target.functionName(functionId);
  const jobId = ulid();
  const row = newJobRow({
    tenant,
    jobId,
    job,
    input,
    state: 'running',
    createdAt: isoTime(await target.now()),
    createdBy,
  });
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));
  const ConditionExpression = 'attribute_not_exists(pk)';
  await table.send(new PutCommand({ TableName: target.catalogTable, Item: row, ConditionExpression }));
  await new LambdaClient(target.aws()).send(
    new InvokeCommand({
      FunctionName,
      Qualifier: jobAlias,
      InvocationType: 'Event',
      DurableExecutionName: jobId,
      // A name belongs to one payload, byte by byte.
      Payload: canonicalJson({ tenant, jobId, job, input }),
    }),
  );
  return { tenant, jobId };
};
