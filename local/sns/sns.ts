import type { Caller, RequestContext } from '../aws/caller.ts';
import { type ServiceSource, serviceCaller, serviceContext } from '../aws/caller-context.ts';
import type { AwsService } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import type { UseKey } from '../kms/use-key.ts';
import { createMessageLog, type PublishedMessage } from './message-log.ts';
import { invalidParameter, keyErrorThroughSns, throughSns, topicNotFound } from './sns-error.ts';
import { createSnsProtocol } from './sns-protocol.ts';
import { createTopics, type Topic, type Topics } from './topics.ts';

export interface SnsDeps extends ServiceDeps {
  readonly useKey: UseKey;
  /** Takes the numbers of messages. @default nobody counts them */
  readonly putMetric?: (metric: SnsMetric) => void;
}

/** A value of a metric in `AWS/SNS`. */
export interface SnsMetric {
  readonly namespace: 'AWS/SNS';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: 'Count' | 'Bytes';
  readonly timestamp: number;
}

/** What is to be published. */
export interface Publication {
  readonly subject?: string | undefined;
  readonly message: string;
}

/** Who publishes, with the condition values of the request. */
export interface Publisher {
  readonly caller: Caller;
  readonly context: RequestContext;
  /** Named in the log of messages. */
  readonly source: string;
}

/** SNS in the platform, as far as alarms need it. */
export interface Sns extends AwsService {
  readonly topics: Topics;
  /** Publishes for another service, such as an alarm; throws where the topic's policy or its key's refuses. Answers the message's id. */
  publish(topicArn: string, subject: string, message: string, source: ServiceSource): string;
  /** Publishes for whoever made a request. */
  publishFor(publisher: Publisher, topicArn: string, publication: Publication): string;
  /** The latest messages of all topics, newest first. */
  recentMessages(limit: number): readonly PublishedMessage[];
}

const maxMessageBytes = 262_144;

/**
 * Makes the notification service. Nothing leaves the machine: a subscription by e-mail is kept and shown, and every message
 * goes to the platform's log and to the table `sns_messages`.
 */
export const createSns = (deps: SnsDeps): Sns => {
  const topics = createTopics();
  const messages = createMessageLog(deps.db);

  const publishFor: Sns['publishFor'] = (publisher, topicArn, { subject, message }) => {
    const topic = topics.find(topicArn);
    if (topic === undefined) throw topicNotFound();
    refuseInvalid(message, subject);
    requirePermission(deps, topic, publisher);
    requireKey(deps, topic, publisher);
    const messageId = deps.newId();
    messages.add({ messageId, topicArn, subject, message, source: publisher.source, publishedMs: deps.clock.now() });
    measure(deps, topic, { bytes: Buffer.byteLength(message), subscribers: topics.subscriptionsOf(topicArn).length });
    deps.log(`sns ${topic.name}: ${subject ?? message.slice(0, 100)}`);
    return messageId;
  };

  return {
    ...createSnsProtocol(deps, topics, publishFor),
    topics,
    publishFor,
    publish(topicArn, subject, message, source) {
      const context = serviceContext(source, deps.clock.now());
      return publishFor({ caller: serviceCaller(source), context, source: source.arn }, topicArn, { subject, message });
    },
    recentMessages: (limit) => messages.recent(limit),
  };
};

/** Nothing leaves the machine, so that no delivery ever fails. */
const measure = (
  { putMetric, clock }: SnsDeps,
  { name }: Topic,
  { bytes, subscribers }: { readonly bytes: number; readonly subscribers: number },
): void => {
  const metric = { namespace: 'AWS/SNS', dimensions: { TopicName: name }, timestamp: clock.now() } as const;
  putMetric?.({ ...metric, name: 'NumberOfMessagesPublished', value: 1, unit: 'Count' });
  putMetric?.({ ...metric, name: 'PublishSize', value: bytes, unit: 'Bytes' });
  putMetric?.({ ...metric, name: 'NumberOfNotificationsDelivered', value: subscribers, unit: 'Count' });
  putMetric?.({ ...metric, name: 'NumberOfNotificationsFailed', value: 0, unit: 'Count' });
};

const refuseInvalid = (message: string, subject: string | undefined): void => {
  if (message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(message) > maxMessageBytes) throw invalidParameter('Message too long');
  if (subject === undefined) return;
  if (!/^[\x20-\x7e]{1,100}$/.test(subject)) throw invalidParameter('Subject must be 1 to 100 characters of ASCII');
};

const requirePermission = ({ authorize }: SnsDeps, topic: Topic, { caller, context }: Publisher): void => {
  try {
    authorize({
      caller,
      action: 'sns:Publish',
      resource: topic.arn,
      resourceAccountId: topic.accountId,
      ...(topic.policy && { resourcePolicy: topic.policy }),
      context,
      region: topic.region,
    });
  } catch (error) {
    throw throughSns(error);
  }
};

/** Who publishes to an encrypted topic needs both rights on its key. */
const requireKey = ({ useKey }: SnsDeps, topic: Topic, { caller, context }: Publisher): void => {
  if (topic.kmsKeyId === undefined) return;
  try {
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'] as const) {
      useKey({
        caller,
        context,
        keyId: topic.kmsKeyId,
        action,
        viaService: `sns.${topic.region}.amazonaws.com`,
        encryptionContext: { 'aws:sns:topicArn': topic.arn },
        region: topic.region,
      });
    }
  } catch (error) {
    throw keyErrorThroughSns(error);
  }
};
