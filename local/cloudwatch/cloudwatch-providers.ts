import { z } from 'zod';
import { readProperties, resourceError } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { AlarmBook } from './alarm-book.ts';
import type { Alarm } from './alarm-model.ts';
import { readCompositeAlarm, readMetricAlarm } from './alarm-properties.ts';
import { composite } from './composite-rule.ts';
import type { MetricStore } from './metric-store.ts';
import { computeSeries } from './series.ts';

/** A dashboard of the template. */
export interface Dashboard {
  readonly name: string;
  readonly body: string;
}

export interface CloudWatchProviderDeps {
  readonly book: AlarmBook;
  readonly store: MetricStore;
  readonly dashboards: Map<string, Dashboard>;
}

/** Creates alarms, dashboards and log groups. */
export const cloudWatchProviders = (deps: CloudWatchProviderDeps): ResourceProvider[] => [
  { type: 'AWS::CloudWatch::Alarm', create: (resource) => createMetricAlarm(deps, resource) },
  { type: 'AWS::CloudWatch::CompositeAlarm', create: (resource) => createCompositeAlarm(deps, resource) },
  { type: 'AWS::CloudWatch::Dashboard', create: (resource) => createDashboard(deps, resource) },
  { type: 'AWS::Logs::LogGroup', create: createLogGroup },
];

const createMetricAlarm = ({ book, store }: CloudWatchProviderDeps, resource: TemplateResource): CreatedResource => {
  const alarm = readMetricAlarm(resource);
  // An expression that cannot be computed is found now and not at night.
  explained(resource, () =>
    computeSeries(store, alarm.queries, { fromMs: 0, toMs: alarm.periodMs, periodMs: alarm.periodMs }),
  );
  return register(book, alarm);
};

const createCompositeAlarm = ({ book }: CloudWatchProviderDeps, resource: TemplateResource): CreatedResource => {
  const alarm = readCompositeAlarm(resource);
  explained(resource, () => composite(alarm.rule, (name) => book.get(alarm.region, name)?.state));
  return register(book, alarm);
};

const register = (book: AlarmBook, alarm: Alarm): CreatedResource => {
  book.put(alarm);
  return { ref: alarm.name, attributes: { Arn: alarm.arn } };
};

const explained = (resource: TemplateResource, work: () => unknown): void => {
  try {
    work();
  } catch (error) {
    throw resourceError(resource, error instanceof Error ? error.message : String(error));
  }
};

const Widget = z.looseObject({ type: z.string(), properties: z.record(z.string(), z.unknown()) });
const DashboardBody = z.looseObject({ widgets: z.array(Widget).max(500) });

const createDashboard = ({ dashboards }: CloudWatchProviderDeps, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      DashboardName: z
        .string()
        .regex(/^[\w-]{1,255}$/)
        .optional(),
      DashboardBody: z.string(),
    },
    { Tags: 'nothing on one machine reads them' },
  );
  const name = properties.DashboardName ?? resource.generatedName;
  explained(resource, () => DashboardBody.parse(JSON.parse(properties.DashboardBody)));
  dashboards.set(name, { name, body: properties.DashboardBody });
  return { ref: name, attributes: {} };
};

const createLogGroup = (resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      LogGroupName: z
        .string()
        .regex(/^[\w.#/-]{1,512}$/)
        .optional(),
    },
    {
      RetentionInDays: 'log files turn over by size',
      DeletionProtectionEnabled: 'nothing deletes a log file but its turning over',
      KmsKeyId: 'log files are not encrypted on one machine',
      LogGroupClass: 'it decides the price',
      DataProtectionPolicy: 'log files stay as functions wrote them',
      FieldIndexPolicies: 'log files are read as text',
      Tags: 'nothing on one machine reads them',
    },
  );
  const name = properties.LogGroupName ?? resource.generatedName;
  const { region, accountId } = resource;
  return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
};
