import { Duration } from 'aws-cdk-lib';

/** How long the consumers of the queues may run. The copy of a large object in parts takes its time. */
export const consumerTimeouts = { intake: Duration.minutes(15), catalog: Duration.minutes(1) };

/** Six times the consumer's timeout, so that a message is not handed out again while its batch is still retried. */
export const visibilityTimeout = (consumerTimeout: Duration): Duration =>
  Duration.seconds(6 * consumerTimeout.toSeconds());
