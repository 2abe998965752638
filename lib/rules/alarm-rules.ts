import { resourceStatements, type Statement } from './policy-statements.ts';
import { eachResource, ofType, type Rule, type RuleInput } from './rule.ts';
import { at, list, record, type TemplateResource } from './templates.ts';

const alarmType = 'AWS::CloudWatch::Alarm';
const topicType = 'AWS::SNS::Topic';
const logGroupType = 'AWS::Logs::LogGroup';

const isHeard = eachResource(
  'C84',
  'an alarm is on and reaches a topic of ours',
  alarmType,
  ({ properties }, input) => {
    const topics = ofType(input, topicType).map(({ id }) => `\${${id}}`);
    if (properties['ActionsEnabled'] === false) return 'ActionsEnabled must not be false';
    return (
      !list(properties['AlarmActions']).some((action) => topics.includes(String(action))) &&
      'AlarmActions must name our topic'
    );
  },
);

/** The metrics that an alarm looks at, each with its dimensions. */
const metricsBehind = ({ properties }: TemplateResource): { name: unknown; dimensions: Record<string, unknown> }[] => {
  const behindMath = list(properties['Metrics']).map((query) => at(at(query, 'MetricStat'), 'Metric'));
  return [properties, ...behindMath].map((metric) => ({
    name: at(metric, 'MetricName'),
    dimensions: Object.fromEntries(
      list(at(metric, 'Dimensions')).map((pair) => [String(at(pair, 'Name')), at(pair, 'Value')]),
    ),
  }));
};

/** All metrics that some alarm looks at. */
const watchedMetrics = (input: RuleInput): ReadonlySet<string> =>
  new Set(ofType(input, alarmType).flatMap((alarm) => metricsBehind(alarm).map(nameOf)));

/** A metric with its dimensions in one spelling, whatever their order. */
const nameOf = ({ name, dimensions }: { name: unknown; dimensions: Readonly<Record<string, unknown>> }): string =>
  JSON.stringify([name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** What must have an alarm: the type, its metrics, and the dimensions that name the resource. */
const watched: readonly {
  readonly type: string;
  readonly metrics: readonly string[];
  /** One alarm for each of these sets. */
  readonly dimensions: (resource: TemplateResource) => readonly Readonly<Record<string, string>>[];
}[] = [
  {
    type: 'AWS::SQS::Queue',
    metrics: ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
    dimensions: ({ id }) => [{ QueueName: `\${${id}.QueueName}` }],
  },
  {
    type: 'AWS::Lambda::Function',
    metrics: ['Errors', 'Throttles'],
    dimensions: ({ id }) => [{ FunctionName: `\${${id}}` }],
  },
  { type: 'AWS::ApiGatewayV2::Api', metrics: ['5xx'], dimensions: ({ id }) => [{ ApiId: `\${${id}}` }] },
  {
    type: 'AWS::DynamoDB::GlobalTable',
    metrics: ['ReadThrottleEvents', 'WriteThrottleEvents'],
    dimensions: ({ id, properties }) => [
      { TableName: `\${${id}}` },
      ...list(properties['GlobalSecondaryIndexes']).map((index) => ({
        TableName: `\${${id}}`,
        GlobalSecondaryIndexName: String(at(index, 'IndexName')),
      })),
    ],
  },
];

/** Dead letters are watched by their number, other queues by the age of their oldest message. */
const metricsOf = (resource: TemplateResource, metrics: readonly string[]): readonly string[] => {
  if (resource.type !== 'AWS::SQS::Queue') return metrics;
  return metrics.slice(resource.properties['RedrivePolicy'] === undefined ? 0 : 1).slice(0, 1);
};

const promisesAreWatched: Rule = {
  id: 'C84b',
  title: 'queues, dead letters, functions, API and catalog are watched',
  check(input) {
    const seen = watchedMetrics(input);
    return watched.flatMap(({ type, metrics, dimensions }) =>
      ofType(input, type).flatMap((resource) =>
        dimensions(resource).flatMap((wanted) =>
          metricsOf(resource, metrics)
            .filter((metric) => !seen.has(nameOf({ name: metric, dimensions: wanted })))
            .map((metric) => ({
              resource,
              message: `no alarm watches ${metric} of ${Object.values(wanted).join(' ')}`,
            })),
        ),
      ),
    );
  },
};

const isEncrypted = eachResource(
  'C86',
  'a topic has a customer key and refuses plain HTTP',
  topicType,
  ({ id, properties }, input) => {
    if (properties['KmsMasterKeyId'] === undefined) return 'KmsMasterKeyId must be set';
    const denies = topicStatements(input, id).some(
      ({ effect, conditions }) => effect === 'Deny' && String(conditions['Bool']?.['aws:SecureTransport']) === 'false',
    );
    return !denies && 'its policy must deny sns:Publish without TLS';
  },
);

const topicStatements = (input: RuleInput, topicId: string): Statement[] =>
  resourceStatements(input, 'AWS::SNS::TopicPolicy').filter(({ resources }) => resources.includes(`\${${topicId}}`));

const eventBridge = 'service:events.amazonaws.com';
const budgets = 'service:budgets.amazonaws.com';

/** Alarms, event rules and budgets publish to the topics that they name; a function does so by its own right. */
const publishersOf = (topicId: string, input: RuleInput): string[] => {
  const isTarget = ofType(input, 'AWS::Events::Rule').some(({ properties }) =>
    list(properties['Targets']).some((target) => at(target, 'Arn') === `\${${topicId}}`),
  );
  const hearsBudgets = ofType(input, 'AWS::Budgets::Budget').some(({ properties }) =>
    list(properties['NotificationsWithSubscribers'])
      .flatMap((entry) => list(at(entry, 'Subscribers')))
      .some((subscriber) => at(subscriber, 'Address') === `\${${topicId}}`),
  );
  const hearsAlarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].some((type) =>
    ofType(input, type).some(({ properties }) => list(properties['AlarmActions']).includes(`\${${topicId}}`)),
  );
  return [
    ...(hearsAlarms ? ['service:cloudwatch.amazonaws.com'] : []),
    ...(isTarget ? [eventBridge] : []),
    ...(hearsBudgets ? [budgets] : []),
  ];
};

const admitsPublishers = eachResource(
  'C98',
  'a topic admits exactly who publishes, and so does its key',
  topicType,
  ({ id, properties }, input) => {
    const keyId = String(properties['KmsMasterKeyId']);
    const publishers = publishersOf(id, input);
    const onTopic = topicStatements(input, id);
    const onKey = resourceStatements(input, 'AWS::KMS::Key').filter(({ owner }) => keyId === `\${${owner.id}.Arn}`);
    const admitted = (found: readonly Statement[], name: string) =>
      found.some(
        ({ effect, principals, conditions }) =>
          effect === 'Allow' &&
          principals.includes(name) &&
          record(conditions['StringEquals'])['aws:SourceAccount'] !== undefined,
      );
    const missing = publishers.filter((name) => !admitted(onTopic, name) || !admitted(onKey, name));
    if (missing.length > 0) return `topic and key must admit ${missing.join(', ')} with aws:SourceAccount`;
    const strangers = onTopic
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ principals }) => principals)
      .filter((name) => !publishers.includes(name));
    return strangers.length > 0 && `${strangers.join(', ')} publish nothing here`;
  },
);

const logsStay = eachResource(
  'C87',
  'a log group is encrypted and stays for a year',
  logGroupType,
  ({ properties }, { deployment }) => {
    if (properties['KmsKeyId'] === undefined) return 'KmsKeyId must be set';
    const kept = Number(properties['RetentionInDays']);
    return (
      !(kept >= Math.max(365, deployment.logRetentionDays)) &&
      'RetentionInDays must be that of `logRetentionDays`, 365 at least'
    );
  },
);

const logsMaskPeople = eachResource(
  'C87b',
  'a log group masks what slips in of a person',
  logGroupType,
  ({ properties }) => properties['DataProtectionPolicy'] === undefined && 'DataProtectionPolicy must be set',
);

/** Rules over alarms, topics and logs. */
export const alarmRules: readonly Rule[] = [
  isHeard,
  promisesAreWatched,
  isEncrypted,
  admitsPublishers,
  logsStay,
  logsMaskPeople,
];
