import * as z from 'zod';
import {
  policyDocument,
  readProperties,
  resourceError,
  templateBoolean,
  templateNumber,
  templateTags,
} from '../aws/resource-properties.ts';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { queueSettings, withAttributes } from './queue-attributes.ts';
import { queueOfUrl, queueUrl } from './queue-operations.ts';
import { queueArn, refuseRedriveTarget } from './queue-store.ts';
import type { Sqs } from './sqs.ts';

const document = z.union([z.record(z.string(), z.unknown()), z.string()]);

const queueProperties = {
  QueueName: z.string().optional(),
  VisibilityTimeout: templateNumber.optional(),
  MessageRetentionPeriod: templateNumber.optional(),
  DelaySeconds: templateNumber.optional(),
  ReceiveMessageWaitTimeSeconds: templateNumber.optional(),
  MaximumMessageSize: templateNumber.optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: templateNumber.optional(),
  SqsManagedSseEnabled: templateBoolean.optional(),
  RedrivePolicy: document.optional(),
  RedriveAllowPolicy: document.optional(),
  Tags: templateTags.optional(),
};

/** Creates queues and their policies; a queue that is there already takes over the template's attributes and keeps its messages. */
export const resourceProviders = (sqs: Sqs): ResourceProvider[] => [
  { type: 'AWS::SQS::Queue', create: (resource) => createQueue(sqs, resource) },
  { type: 'AWS::SQS::QueuePolicy', create: (resource) => createQueuePolicy(sqs, resource) },
];

const createQueue = ({ parts }: Sqs, resource: TemplateResource) => {
  const { QueueName, Tags = {}, ...given } = readProperties(resource, queueProperties);
  const name = QueueName ?? resource.generatedName.slice(-80);
  const address = { name, region: resource.region, accountId: resource.accountId };
  const existing = parts.engine.queues.find(queueArn(address));
  const policy = existing?.attributes['Policy'];
  const attributes = withAttributes({}, { ...textAttributes(given), ...(policy !== undefined && { Policy: policy }) });
  refuseRedriveTarget(parts.engine.queues, address, queueSettings(attributes));
  const queue = existing
    ? parts.engine.queues.update(existing, { attributes, tags: Tags })
    : parts.engine.queues.create(address, attributes, Tags);
  const url = queueUrl(parts, queue);
  return { ref: url, attributes: { Arn: queue.arn, QueueName: name, QueueUrl: url } };
};

const textAttributes = (properties: Readonly<Record<string, unknown>>): QueueAttributes =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );

const policyProperties = { Queues: z.array(z.string()).min(1), PolicyDocument: policyDocument };

const createQueuePolicy = ({ parts }: Sqs, resource: TemplateResource) => {
  const { Queues, PolicyDocument } = readProperties(resource, policyProperties);
  for (const url of Queues) {
    const queue = queueOfUrl(parts, url, resource.region);
    const attributes = withAttributes(queue.attributes, { Policy: JSON.stringify(PolicyDocument) });
    parts.engine.queues.update(queue, { attributes });
  }
  if (new Set(Queues).size < Queues.length) throw resourceError(resource, '`Queues` names a queue twice.');
  return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
};
