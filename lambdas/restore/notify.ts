import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { amount } from '../../core/amount.ts';
import { describeScope } from '../../core/archive/scope.ts';
import type { RestoreInput } from '../../core/jobs/archive-input.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { Job } from '../shared/durable/job.ts';
import type { RequestTally } from './request-page.ts';

/** Tells people that everything of a restore can be read. */
export type Notify = (job: Job<RestoreInput>, tally: RequestTally) => Promise<void>;

/** Tells by a topic. Ids and counts only: a notice travels by e-mail, and the name of a subject does not belong there. */
export const createNotify =
  (sns: SNSClient, topicArn: string): Notify =>
  async ({ tenant, jobId, input }, { assets, requested, underWay, extended }) => {
    const { scope, days } = input;
    const what = scope.subject === undefined ? describeScope(scope) : 'a data subject';
    const Message = [
      `Everything of ${what} in tenant ${tenant} can be read now: ${amount(assets, 'asset')}.`,
      `Copies made: ${requested + underWay}; copies that stay longer: ${extended}.`,
      `They vanish by themselves after ${amount(days, 'day')}; restoring again makes them stay.`,
      `Job: ${jobId}`,
    ].join('\n');
    try {
      await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: 'Mediakeep: restored', Message }));
    } catch (error) {
      throw namedFailure(error, 'Publish');
    }
  };
