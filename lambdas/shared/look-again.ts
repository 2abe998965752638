import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isoTime, systemClock } from '../../core/time.ts';
import { namedFailure } from './aws-failure.ts';

/** Asks the catalog to look at a key of the vault. */
export type LookAgain = (key: string) => Promise<void>;

/**
 * Tells the catalog's queue of changes that S3 announces to nobody, in the form of S3's own notifications: for the catalog,
 * every event but a creation only says "look here".
 */
export const createLookAgain = (queueUrl: string, bucket: string): LookAgain => {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  return async (key) => {
    const record = {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: process.env['AWS_REGION'] ?? '',
      eventTime: isoTime(systemClock.now()),
      eventName: 'Mediakeep:Changed',
      s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key) } },
    };
    const MessageBody = JSON.stringify({ Records: [record] });
    try {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    } catch (error) {
      throw namedFailure(error, 'SendMessage');
    }
  };
};
