import type { Clock } from '../core/time.ts';
import type { Services } from './services.ts';

/** What AWS does by itself as time goes by: measures queues, makes backups, expires rows and objects, looks at alarms unless told otherwise. */
export const housekeeping = async (services: Services, clock: Clock, { withAlarms = true } = {}): Promise<void> => {
  const nowMs = clock.now();
  measureQueues(services, nowMs);
  await services.backup.run(nowMs);
  await services.dynamoDb.expireRows(nowMs);
  services.s3.runLifecycle(nowMs);
  await services.s3.replication.run();
  services.s3.replication.measure(nowMs);
  if (withAlarms) services.cloudWatch.evaluate(nowMs);
};

const measureQueues = ({ sqs, cloudWatch }: Services, timestamp: number): void => {
  for (const { arn, name } of sqs.queues()) {
    const { visible, inFlight } = sqs.depth(arn);
    const metric = { namespace: 'AWS/SQS', dimensions: { QueueName: name }, timestamp };
    cloudWatch.put({ ...metric, name: 'ApproximateNumberOfMessagesVisible', unit: 'Count', value: visible });
    cloudWatch.put({ ...metric, name: 'ApproximateNumberOfMessagesNotVisible', unit: 'Count', value: inFlight });
    const value = sqs.oldestMessageAgeSeconds(arn);
    cloudWatch.put({ ...metric, name: 'ApproximateAgeOfOldestMessage', unit: 'Seconds', value });
  }
};
