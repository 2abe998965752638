import type { Services } from './services.ts';

/** What the platform says of itself to whoever asks for its status. */
export const platformStatus = ({ sqs, sns, cloudWatch, s3, regions, lambda, events }: Services, nowMs: number) => ({
  now: nowMs,
  regionsDown: regions.down(),
  replication: replicationStatus(s3, nowMs),
  queues: sqs.queues().map(({ arn, name }) => {
    const { visible, inFlight, delayed } = sqs.depth(arn);
    return { name, visible: visible + delayed, inFlight, oldestSeconds: sqs.oldestMessageAgeSeconds(arn) };
  }),
  executions: lambda.durable.store.running().map(({ name, functionArn, startedMs, operations, isInvoking }) => ({
    name,
    functionName: functionArn.split(':').at(-1) ?? '',
    startedMs,
    operations,
    isWaiting: !isInvoking,
  })),
  schedules: events.scheduler.upcoming().map(({ arn, nextMs }) => ({ name: arn.split('/').at(-1) ?? arn, nextMs })),
  alarms: cloudWatch.alarms().map(({ alarm, state, reason }) => ({ name: alarm.name, state, reason })),
  messages: sns.recentMessages(10).map(({ topicArn, subject, publishedMs }) => ({ topicArn, subject, publishedMs })),
  residentBytes: process.memoryUsage.rss(),
});

const replicationStatus = ({ replication }: Services['s3'], nowMs: number) => {
  const backlog = replication.backlog();
  return {
    ...replication.settings(),
    operations: backlog.reduce((sum, { operations }) => sum + operations, 0),
    bytes: backlog.reduce((sum, { bytes }) => sum + bytes, 0),
    lateSeconds: Math.max(0, ...backlog.map(({ oldest }) => Math.floor((nowMs - oldest) / 1000))),
  };
};
