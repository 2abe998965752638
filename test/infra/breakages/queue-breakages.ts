import type { Breakage } from './broken-templates.ts';
import { add, lambda, mapping, propertiesOf, queue, queuePolicy, remove, sidOf } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/queue-rules.ts have to see. */
export const queues: readonly Breakage[] = [
  {
    rule: 'C37',
    title: 'no dead letters',
    spoil: (t) => {
      delete queue(t).RedrivePolicy;
    },
  },
  {
    rule: 'C38',
    title: 'a message visible too early',
    spoil: (t) => {
      queue(t).VisibilityTimeout = 5399;
    },
  },
  {
    rule: 'C39',
    title: 'dead letters for four days',
    spoil: (t) => {
      queue(t, 'IntakeQueueDeadLetters').MessageRetentionPeriod = 345_600;
    },
  },
  {
    rule: 'C39',
    title: 'a queue as patient as its dead letters',
    spoil: (t) => {
      queue(t).MessageRetentionPeriod = 1_209_600;
    },
  },
  {
    rule: 'C40',
    title: 'one try',
    spoil: (t) => {
      queue(t).RedrivePolicy.maxReceiveCount = 1;
    },
  },
  {
    rule: 'C41',
    title: 'batches that fail whole',
    spoil: (t) => {
      delete mapping(t).FunctionResponseTypes;
    },
  },
  {
    rule: 'C42',
    title: 'an unbounded mapping',
    spoil: (t) => {
      delete mapping(t).ScalingConfig;
    },
  },
  {
    rule: 'C42',
    title: 'less reserved than the mapping takes',
    spoil: (t) => {
      lambda(t).ReservedConcurrentExecutions = 2;
    },
  },
  {
    rule: 'C43',
    title: 'a queue in clear',
    spoil: (t) => {
      delete queue(t).KmsMasterKeyId;
    },
  },
  {
    rule: 'C43',
    title: 'a queue over plain HTTP',
    spoil: (t) => remove(queuePolicy(t, 'IntakeQueueDeadLettersPolicy'), 'DenyPlainHttp'),
  },
  {
    rule: 'C44',
    title: 'a bucket of any account',
    spoil: (t) => {
      delete sidOf(queuePolicy(t), 'BucketSends').Condition.StringEquals;
    },
  },
  {
    rule: 'C44',
    title: 'a permission without source',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Lambda::Permission').SourceAccount;
    },
  },
  {
    rule: 'C45',
    title: 'a bucket by pattern',
    spoil: (t) => {
      sidOf(queuePolicy(t), 'BucketSends').Condition.ArnEquals['aws:SourceArn'] = 'arn:aws:s3:::*';
    },
  },
  {
    rule: 'C45b',
    title: 'an event rule for everything',
    spoil: ({ service }) => add(service, 'Rule', 'AWS::Events::Rule', { EventPattern: {} }),
  },
  {
    rule: 'C46',
    title: 'messages of 1 KB',
    spoil: (t) => {
      queue(t).MaximumMessageSize = 1024;
    },
  },
];
