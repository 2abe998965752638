import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { asAwsError } from '../aws/json-protocol.ts';
import { queryParameters, writeQueryAnswer, writeQueryError, type XmlValue } from '../aws/query-protocol.ts';
import { readBody } from '../aws/request-body.ts';
import type { AwsRequest, AwsService } from '../aws/service.ts';
import type { Sns, SnsDeps } from './sns.ts';
import { invalidParameter, throughSns, topicNotFound } from './sns-error.ts';
import type { Subscription, Topic, Topics } from './topics.ts';

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
const maxBodyBytes = 1_048_576;

interface Operations {
  readonly deps: SnsDeps;
  readonly topics: Topics;
  readonly publishFor: Sns['publishFor'];
}

type Operation = (parts: Operations, request: AwsRequest, parameters: URLSearchParams) => XmlValue;

/** SNS in the query protocol: publishing, and lists of what the template made. */
export const createSnsProtocol = (deps: SnsDeps, topics: Topics, publishFor: Sns['publishFor']): AwsService => ({
  signingName: 'sns',
  async handle(request, response) {
    const { requestId } = request;
    try {
      const parameters = queryParameters(request, await readBody(request, maxBodyBytes));
      const action = parameters.get('Action') ?? '';
      const operation = operations.get(action);
      if (operation === undefined) throw notImplemented(`sns:${action}`);
      const result = operation({ deps, topics, publishFor }, request, parameters);
      writeQueryAnswer(response, { action, namespace, requestId, result });
    } catch (cause) {
      const error = asAwsError(cause, () => deps.log(`sns failed: ${String(cause)}`));
      writeQueryError(response, { error, namespace, requestId });
    }
  },
});

const publish: Operation = ({ publishFor }, { caller, baseContext }, parameters) => {
  const known = new Set(['Action', 'Version', 'TopicArn', 'TargetArn', 'Message', 'Subject']);
  const other = [...parameters.keys()].find((name) => !known.has(name));
  if (other !== undefined) throw notImplemented(`sns:Publish with ${other}`);
  const topicArn = parameters.get('TopicArn') ?? parameters.get('TargetArn');
  if (topicArn === null) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
  const publisher = { caller, context: baseContext, source: caller.arn };
  const subject = parameters.get('Subject') ?? undefined;
  return { MessageId: publishFor(publisher, topicArn, { message: parameters.get('Message') ?? '', subject }) };
};

const listTopics: Operation = (parts, request) => {
  requireAllowed(parts, request, { action: 'sns:ListTopics', resource: '*' });
  return { Topics: { member: parts.topics.list(request.region).map(({ arn }) => ({ TopicArn: arn })) } };
};

const listSubscriptions: Operation = (parts, request) => {
  requireAllowed(parts, request, { action: 'sns:ListSubscriptions', resource: '*' });
  return { Subscriptions: { member: parts.topics.subscriptions(request.region).map((item) => member(item, request)) } };
};

const listSubscriptionsByTopic: Operation = (parts, request, parameters) => {
  const topic = namedTopic(parts, parameters);
  requireAllowed(parts, request, { action: 'sns:ListSubscriptionsByTopic', resource: topic.arn, topic });
  const subscriptions = parts.topics.subscriptionsOf(topic.arn);
  return { Subscriptions: { member: subscriptions.map((item) => member(item, request)) } };
};

const getTopicAttributes: Operation = (parts, request, parameters) => {
  const topic = namedTopic(parts, parameters);
  requireAllowed(parts, request, { action: 'sns:GetTopicAttributes', resource: topic.arn, topic });
  const attributes: Record<string, string | undefined> = {
    TopicArn: topic.arn,
    Owner: topic.accountId,
    DisplayName: topic.displayName,
    KmsMasterKeyId: topic.kmsKeyId,
    Policy: topic.policy && JSON.stringify(topic.policy),
    SubscriptionsConfirmed: String(parts.topics.subscriptionsOf(topic.arn).length),
  };
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return { Attributes: { entry: entries.map(([key, value]) => ({ key, value })) } };
};

const operations: ReadonlyMap<string, Operation> = new Map([
  ['Publish', publish],
  ['ListTopics', listTopics],
  ['ListSubscriptions', listSubscriptions],
  ['ListSubscriptionsByTopic', listSubscriptionsByTopic],
  ['GetTopicAttributes', getTopicAttributes],
]);

const namedTopic = ({ topics }: Operations, parameters: URLSearchParams): Topic => {
  const topic = topics.find(parameters.get('TopicArn') ?? '');
  if (topic === undefined) throw topicNotFound();
  return topic;
};

const member = ({ arn, topicArn, protocol, endpoint }: Subscription, { accountId }: AwsRequest): XmlValue => ({
  SubscriptionArn: arn,
  Owner: accountId,
  Protocol: protocol,
  Endpoint: endpoint,
  TopicArn: topicArn,
});

const requireAllowed = (
  { deps }: Operations,
  { caller, accountId, baseContext, region }: AwsRequest,
  { action, resource, topic }: { action: string; resource: string; topic?: Topic },
): void => {
  try {
    deps.authorize({
      caller,
      action,
      resource,
      resourceAccountId: accountId,
      ...(topic?.policy && { resourcePolicy: topic.policy }),
      context: baseContext,
      region,
    });
  } catch (error) {
    throw error instanceof AwsError ? throughSns(error) : error;
  }
};
