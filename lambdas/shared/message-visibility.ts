import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ReportableError } from './error-fields.ts';
import type { QueueMessage } from './sqs-batch.ts';

/** Sets when a message of any queue in this region comes back. */
export const createComeBack =
  (client = new SQSClient({ useQueueUrlAsEndpoint: false })) =>
  async ({ eventSourceARN, receiptHandle }: QueueMessage, seconds: number): Promise<void> => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl(eventSourceARN),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  };

/** SQS finds a queue by account and name; the host of the address is not used, the client has its own. */
const queueUrl = (arn: string): string => {
  const [, , service, region, account, name] = arn.split(':');
  if (service === 'sqs' && name !== undefined) return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  throw new ReportableError('The message names no queue that it came from.');
};
