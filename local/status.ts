import type { Services } from './services.ts';

/** What the platform says of itself to whoever asks for its status. */
export const platformStatus = ({ sqs, sns, cloudWatch }: Services, nowMs: number) => ({
  now: nowMs,
  queues: sqs.queues().map(({ arn, name }) => {
    const { visible, inFlight, delayed } = sqs.depth(arn);
    return { name, visible: visible + delayed, inFlight, oldestSeconds: sqs.oldestMessageAgeSeconds(arn) };
  }),
  alarms: cloudWatch.alarms().map(({ alarm, state, reason }) => ({ name: alarm.name, state, reason })),
  messages: sns.recentMessages(10).map(({ topicArn, subject, publishedMs }) => ({ topicArn, subject, publishedMs })),
  residentBytes: process.memoryUsage.rss(),
});
