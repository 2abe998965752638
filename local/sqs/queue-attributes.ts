import * as z from 'zod';
import type { AwsError } from '../aws/aws-error.ts';
import type { PolicyDocument } from '../aws/caller.ts';
import { policyDocument } from '../aws/resource-properties.ts';
import { sqsError } from './sqs-error.ts';

/** A queue's attributes as numbers and documents; the text form that clients see is kept beside it. */
export interface QueueSettings {
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly delayMs: number;
  readonly receiveWaitMs: number;
  readonly maximumMessageBytes: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  readonly redriveAllow: {
    readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
    readonly sourceQueueArns: readonly string[];
  };
  readonly kmsKeyId?: string;
  readonly policy?: PolicyDocument;
}

export type QueueAttributes = Readonly<Record<string, string>>;

const defaults: QueueAttributes = {
  VisibilityTimeout: '30',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  MaximumMessageSize: '1048576',
};

/** Smallest and largest value of each numeric attribute, from the SQS API reference. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  MaximumMessageSize: [1024, 1_048_576],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const settable = new Set([
  ...Object.keys(ranges),
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'SqsManagedSseEnabled',
]);

/** Adds changes to a queue's attributes; an empty text takes an attribute back to its default. */
export const withAttributes = (current: QueueAttributes, changes: QueueAttributes): QueueAttributes => {
  for (const name of Object.keys(changes)) refuseUnknown(name);
  const merged = Object.entries({ ...defaults, ...current, ...changes });
  const kept = Object.fromEntries(merged.filter(([, value]) => value !== ''));
  const attributes = { ...defaults, ...kept };
  queueSettings(attributes);
  return attributes;
};

const refuseUnknown = (name: string): void => {
  if (settable.has(name)) return;
  if (/fifo|dedup/i.test(name)) throw fifoRefused();
  throw sqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
};

/** FIFO queues are not offered: nothing in the platform depends on order, and half an implementation would hide that. */
export const fifoRefused = (): AwsError =>
  sqsError('UnsupportedOperation', 'The embedded platform has standard queues only; FIFO queues are not offered.');

/** Reads the attributes; throws `InvalidAttributeValue` for the first that is out of its range or form. */
export const queueSettings = (attributes: QueueAttributes): QueueSettings => {
  const seconds = (name: string) => numberOf(attributes, name) * 1000;
  return {
    visibilityTimeoutMs: seconds('VisibilityTimeout'),
    retentionMs: seconds('MessageRetentionPeriod'),
    delayMs: seconds('DelaySeconds'),
    receiveWaitMs: seconds('ReceiveMessageWaitTimeSeconds'),
    maximumMessageBytes: numberOf(attributes, 'MaximumMessageSize'),
    redrive: documentOf(attributes, 'RedrivePolicy', RedrivePolicy),
    redriveAllow: documentOf(attributes, 'RedriveAllowPolicy', RedriveAllowPolicy) ?? allowAllSources,
    kmsKeyId: attributes['KmsMasterKeyId'],
    policy: documentOf(attributes, 'Policy', policyDocument),
  };
};

const numberOf = (attributes: QueueAttributes, name: string): number => {
  const text = attributes[name] ?? '';
  const [least, most] = ranges[name] ?? [0, 0];
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw sqsError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${name}: ${text}; allowed is ${least} to ${most}.`,
  );
};

const documentOf = <T>(attributes: QueueAttributes, name: string, schema: z.ZodType<T>): T | undefined => {
  const text = attributes[name];
  if (text === undefined) return undefined;
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw sqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}${where}: ${issue?.message ?? text}`);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const RedrivePolicy = z.strictObject({
  deadLetterTargetArn: z.string().startsWith('arn:'),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

const allowAllSources = { permission: 'allowAll', sourceQueueArns: [] } as const;

const RedriveAllowPolicy = z
  .strictObject({
    redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
    sourceQueueArns: z.array(z.string()).max(10).optional(),
  })
  .transform(({ redrivePermission, sourceQueueArns }) => ({
    permission: redrivePermission,
    sourceQueueArns: sourceQueueArns ?? [],
  }));
