import type { Breakage } from './broken-templates.ts';
import { alarm, allow, key, propertiesOf, remove } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/alarm-rules.ts have to see. */
export const alarms: readonly Breakage[] = [
  {
    rule: 'C84',
    title: 'an alarm that is off',
    spoil: (t) => {
      alarm(t).ActionsEnabled = false;
    },
  },
  {
    rule: 'C84',
    title: 'an alarm that nobody hears',
    spoil: (t) => {
      delete alarm(t).AlarmActions;
    },
  },
  {
    rule: 'C84b',
    title: 'dead letters unwatched',
    spoil: (t) => {
      alarm(t).MetricName = 'NumberOfMessagesSent';
    },
  },
  {
    rule: 'C84b',
    title: 'an old queue unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsCatalogAge').MetricName = 'x';
    },
  },
  {
    rule: 'C84b',
    title: 'a function unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsApiErrors').Dimensions[0].Value = 'x';
    },
  },
  {
    rule: 'C84b',
    title: 'an API unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsApiServerErrors').MetricName = '4xx';
    },
  },
  {
    rule: 'C84b',
    title: 'a table unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsCatalogWriteThrottles').Metrics[1].MetricStat.Metric.MetricName = 'x';
    },
  },
  {
    rule: 'C84b',
    title: 'an index unwatched',
    spoil: (t) => {
      alarm(t, 'AlarmsCatalogReadThrottles').Metrics.pop();
    },
  },
  {
    rule: 'C86',
    title: 'a topic in clear',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::SNS::Topic').KmsMasterKeyId;
    },
  },
  {
    rule: 'C86',
    title: 'a topic over plain HTTP',
    spoil: ({ service }) =>
      remove(propertiesOf(service, 'AWS::SNS::TopicPolicy', 'AlarmTopic').PolicyDocument.Statement, 'DenyPlainHttp'),
  },
  {
    rule: 'C98',
    title: 'a key that keeps alarms silent',
    spoil: (t) => remove(key(t, 'KeysMessages').KeyPolicy.Statement, 'AlarmsPublish'),
  },
  {
    rule: 'C98',
    title: 'a topic for all accounts',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::SNS::TopicPolicy', 'AlarmTopic').PolicyDocument.Statement[0].Condition
        .StringEquals;
    },
  },
  {
    rule: 'C98',
    title: 'a topic for another service',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::SNS::TopicPolicy', 'AlarmTopic').PolicyDocument.Statement.push({
        ...allow('sns:Publish', {
          Ref: Object.keys(service.Resources).find((id) => service.Resources[id]?.Type === 'AWS::SNS::Topic'),
        }),
        Principal: { Service: 'events.amazonaws.com' },
      });
    },
  },
  {
    rule: 'C87',
    title: 'logs for a month',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::Logs::LogGroup').RetentionInDays = 30;
    },
  },
  {
    rule: 'C87',
    title: 'logs in clear',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Logs::LogGroup').KmsKeyId;
    },
  },
  {
    rule: 'C87b',
    title: 'logs that show people',
    spoil: ({ service }) => {
      delete propertiesOf(service, 'AWS::Logs::LogGroup').DataProtectionPolicy;
    },
  },
];
