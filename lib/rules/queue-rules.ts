import { bucketArns, bucketType } from './bucket.ts';
import { resourceStatements, type Statement } from './policy-statements.ts';
import { eachResource, ofType, type Rule, type RuleInput } from './rule.ts';
import { readsStream } from './stream-rules.ts';
import { at, list, type TemplateResource, thisAccount } from './templates.ts';

const queueType = 'AWS::SQS::Queue';
const mappingType = 'AWS::Lambda::EventSourceMapping';

const arn = ({ id }: TemplateResource): string => `\${${id}.Arn}`;

const deadLetterTarget = ({ properties }: TemplateResource): string =>
  String(at(properties['RedrivePolicy'], 'deadLetterTargetArn') ?? '');

const failureTarget = ({ properties }: TemplateResource): string =>
  String(at(properties['DestinationConfig'], 'OnFailure', 'Destination') ?? '');

/** Where functions and schedules put the calls that nobody took. */
const callTarget = ({ properties }: TemplateResource): string =>
  String(at(properties['DeadLetterConfig'], 'TargetArn') ?? at(properties['Target'], 'DeadLetterConfig', 'Arn') ?? '');

const isDeadLetters = (queue: TemplateResource, input: RuleInput): boolean =>
  ofType(input, queueType).some((other) => deadLetterTarget(other) === arn(queue)) ||
  ['AWS::Lambda::Function', 'AWS::Scheduler::Schedule'].some((type) =>
    ofType(input, type).some((caller) => callTarget(caller) === arn(queue)),
  ) ||
  ofType(input, mappingType).some((mapping) => failureTarget(mapping) === arn(queue)) ||
  ofType(input, 'AWS::Lambda::Function').some(
    ({ properties }) => at(properties['DeadLetterConfig'], 'TargetArn') === arn(queue),
  );

const queueOfMapping = (mapping: TemplateResource, input: RuleInput): TemplateResource | undefined =>
  ofType(input, queueType).find((queue) => mapping.properties['EventSourceArn'] === arn(queue));

const functionOfMapping = (mapping: TemplateResource, input: RuleInput): TemplateResource | undefined =>
  ofType(input, 'AWS::Lambda::Function').find(
    (consumer) => mapping.properties['FunctionName'] === `\${${consumer.id}}`,
  );

const hasDeadLetters = eachResource(
  'C37',
  'every queue has dead letters',
  queueType,
  (queue, input) =>
    !isDeadLetters(queue, input) &&
    !ofType(input, queueType).some((other) => arn(other) === deadLetterTarget(queue)) &&
    'RedrivePolicy must name a queue of ours',
);

const outlastsTheConsumer = eachResource(
  'C38',
  'a message stays invisible for six times the time its consumer may take',
  mappingType,
  (mapping, input) => {
    if (readsStream(mapping)) return undefined;
    const timeout = Number(functionOfMapping(mapping, input)?.properties['Timeout']);
    const visibility = Number(queueOfMapping(mapping, input)?.properties['VisibilityTimeout']);
    return !(visibility >= 6 * timeout) && `VisibilityTimeout ${visibility} must be at least 6 × ${timeout}`;
  },
);

const deadLettersStay = eachResource(
  'C39',
  'dead letters stay for 14 days, longer than their queue',
  queueType,
  (queue, input) => {
    const retention = Number(queue.properties['MessageRetentionPeriod']);
    if (isDeadLetters(queue, input)) return retention !== 1_209_600 && 'MessageRetentionPeriod must be 1209600';
    return !(retention < 1_209_600) && 'MessageRetentionPeriod must be set and less than that of its dead letters';
  },
);

const triesFiveTimes = eachResource(
  'C40',
  'a message is tried five times',
  queueType,
  (queue, input) =>
    !isDeadLetters(queue, input) &&
    !(Number(at(queue.properties['RedrivePolicy'], 'maxReceiveCount')) >= 5) &&
    'maxReceiveCount must be 5 at least',
);

const failsOneByOne = eachResource(
  'C41',
  'messages of a batch fail one by one',
  mappingType,
  ({ properties }) =>
    !list(properties['FunctionResponseTypes']).includes('ReportBatchItemFailures') &&
    'FunctionResponseTypes must name ReportBatchItemFailures',
);

const isBounded = eachResource(
  'C42',
  'a queue takes a bounded share of the concurrency',
  mappingType,
  (mapping, input) => {
    if (readsStream(mapping)) return undefined;
    const maximum = Number(at(mapping.properties['ScalingConfig'], 'MaximumConcurrency'));
    if (!(maximum >= 2)) return 'MaximumConcurrency must be 2 at least';
    const reserved = functionOfMapping(mapping, input)?.properties['ReservedConcurrentExecutions'];
    return (
      reserved !== undefined &&
      !(Number(reserved) > maximum) &&
      `reserved ${String(reserved)} must be more than ${maximum}`
    );
  },
);

const isEncrypted = eachResource('C43', 'a queue is encrypted and refuses plain HTTP', queueType, (queue, input) => {
  if (queue.properties['KmsMasterKeyId'] === undefined) return 'KmsMasterKeyId must be set';
  const denies = resourceStatements(input, 'AWS::SQS::QueuePolicy').some(
    ({ effect, principals, actions, resources, conditions }) =>
      effect === 'Deny' &&
      principals.includes('*') &&
      actions.includes('sqs:*') &&
      resources.includes(arn(queue)) &&
      String(conditions['Bool']?.['aws:SecureTransport']) === 'false',
  );
  return !denies && 'its policy must deny sqs:* without TLS';
});

const namesAccount = ({ conditions }: Statement): boolean =>
  conditions['StringEquals']?.['aws:SourceAccount'] === thisAccount;

const namesSource = ({ conditions }: Statement): boolean =>
  ['ArnEquals', 'ArnLike'].some((operator) => conditions[operator]?.['aws:SourceArn'] !== undefined);

const servicesNameTheirSource: Rule = {
  id: 'C44',
  title: 'a service acts for a named resource of this account only',
  check: (input) => [
    ...resourceStatements(input)
      .filter(({ effect, principals }) => effect === 'Allow' && principals.some((name) => name.startsWith('service:')))
      .filter((statement) => statement.owner.type !== 'AWS::KMS::Key')
      .filter((statement) => !namesAccount(statement) || !namesSource(statement))
      .map(({ owner, sid }) => ({ resource: owner, message: `${sid} must name aws:SourceArn and aws:SourceAccount` })),
    ...ofType(input, 'AWS::Lambda::Permission')
      .filter(({ properties }) => properties['SourceArn'] === undefined || properties['SourceAccount'] === undefined)
      .map((resource) => ({ resource, message: 'must name SourceArn and SourceAccount' })),
  ],
};

const sendersAreExact: Rule = {
  id: 'C45',
  title: 'a queue admits one bucket by its exact ARN',
  check: (input) => {
    const known = ofType(input, bucketType).map((bucket) => bucketArns(bucket)[1] ?? '');
    return resourceStatements(input, 'AWS::SQS::QueuePolicy')
      .filter(({ effect }) => effect === 'Allow')
      .filter(({ conditions }) => !known.includes(String(conditions['ArnEquals']?.['aws:SourceArn'])))
      .map(({ owner, sid }) => ({ resource: owner, message: `${sid} must name one bucket with ArnEquals` }));
  },
};

const eventRulesAreExact = eachResource(
  'C45b',
  'an event rule names its source',
  'AWS::Events::Rule',
  ({ properties }) =>
    properties['ScheduleExpression'] === undefined &&
    list(at(properties['EventPattern'], 'source')).length === 0 &&
    'EventPattern must name its source',
);

const takesWholeEvents = eachResource(
  'C46',
  'a queue takes events of every size that S3 sends',
  queueType,
  ({ properties }) =>
    !(Number(properties['MaximumMessageSize'] ?? 1_048_576) >= 65_536) && 'MaximumMessageSize must be 64 KB at least',
);

/** Rules over the queues and what consumes them. */
export const queueRules: readonly Rule[] = [
  hasDeadLetters,
  outlastsTheConsumer,
  deadLettersStay,
  triesFiveTimes,
  failsOneByOne,
  isBounded,
  isEncrypted,
  servicesNameTheirSource,
  sendersAreExact,
  eventRulesAreExact,
  takesWholeEvents,
];
