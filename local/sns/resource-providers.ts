import * as z from 'zod';
import { policyDocument, readProperties, resourceError } from '../aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { Sns } from './sns.ts';
import type { Topic } from './topics.ts';

/** Creates topics, their policies and subscriptions. */
export const resourceProviders = (sns: Sns): ResourceProvider[] => [
  { type: 'AWS::SNS::Topic', create: (resource) => createTopic(sns, resource) },
  { type: 'AWS::SNS::TopicPolicy', create: (resource) => createTopicPolicy(sns, resource) },
  { type: 'AWS::SNS::Subscription', create: (resource) => createSubscription(sns, resource) },
];

const topicProperties = {
  TopicName: z
    .string()
    .regex(/^[\w-]{1,256}$/)
    .optional(),
  DisplayName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
};

const createTopic = ({ topics }: Sns, resource: TemplateResource) => {
  const properties = readProperties(resource, topicProperties, { Tags: 'no policy here asks for a topic’s tags' });
  const { region, accountId } = resource;
  const name = properties.TopicName ?? resource.generatedName;
  const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
  topics.put({
    arn,
    name,
    region,
    accountId,
    displayName: properties.DisplayName ?? '',
    kmsKeyId: properties.KmsMasterKeyId,
    policy: undefined,
  });
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
};

const createTopicPolicy = (sns: Sns, resource: TemplateResource) => {
  const { Topics, PolicyDocument } = readProperties(resource, {
    Topics: z.array(z.string()).min(1),
    PolicyDocument: policyDocument,
  });
  for (const arn of Topics) sns.topics.put({ ...existingTopic(sns, resource, arn), policy: PolicyDocument });
  return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
};

const createSubscription = (sns: Sns, resource: TemplateResource) => {
  const { TopicArn, Protocol, Endpoint } = readProperties(resource, {
    TopicArn: z.string(),
    Protocol: z.enum(['email', 'email-json'], 'only subscriptions by e-mail exist on the embedded platform'),
    Endpoint: z.string(),
  });
  const arn = `${existingTopic(sns, resource, TopicArn).arn}:${resource.generatedName}`;
  sns.topics.subscribe({ arn, topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint });
  return { ref: arn, attributes: { Arn: arn } };
};

const existingTopic = ({ topics }: Sns, resource: TemplateResource, arn: string): Topic => {
  const topic = topics.find(arn);
  if (topic === undefined) throw resourceError(resource, `the topic ${arn} does not exist.`);
  return topic;
};
