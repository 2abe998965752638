import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import { ownMetric } from './ring.ts';

export interface ClassDashboardsProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

/** What the classes of a group hold; a dashboard has a price, so that there is not one for each class. */
const groupOf = ({ inspect }: DataClass): 'Recordings' | 'Images' | 'Texts' | 'Files' => {
  if (inspect === 'audio') return 'Recordings';
  if (inspect === 'image') return 'Images';
  return inspect === 'json' || inspect === 'text' ? 'Texts' : 'Files';
};

/** A dashboard for each group of classes: recordings, images, texts, and other files. */
export class ClassDashboards extends Construct {
  constructor(scope: Construct, id: string, { deployment, dataClasses }: ClassDashboardsProps) {
    super(scope, id);
    for (const [group, members] of Map.groupBy(dataClasses, groupOf)) {
      const dashboard = new Dashboard(this, group, { defaultInterval: Duration.days(30) });
      dashboard.addWidgets(heading(group, members));
      for (const row of rows) dashboard.addWidgets(...row(deployment, members));
    }
  }
}

const day = Duration.days(1);
const quarter = Duration.minutes(15);

const heading = (group: string, members: readonly DataClass[]): TextWidget =>
  new TextWidget({
    markdown: `**${group}**: ${members.map(({ name }) => name).join(', ')}. By tenant: \`mediakeep stats\`.`,
    width: 24,
    height: 1,
  });

type Row = (deployment: Deployment, classes: readonly DataClass[]) => GraphWidget[];

/** What is kept, told once a day by `gauges`. */
const kept: Row = (deployment, classes) => [
  graph('Assets kept', byClass(deployment, classes, 'gauges', metricNames.assetsKept, 'Maximum', day)),
  graph(
    'Bytes kept, by storage class',
    classes.map((one) => bytesByStorageClass(deployment, one, '')),
  ),
];

const growth: Row = (deployment, classes) => [
  graph(
    'Bytes kept, and in 30 days if each goes on as on this day',
    classes.flatMap((one) => [
      bytesByStorageClass(deployment, one, 'now', 'SUM'),
      bytesByStorageClass(deployment, one, 'in 30 days', 'FORECAST'),
    ]),
  ),
  graph('Storage, US dollars a month', byClass(deployment, classes, 'gauges', metricNames.monthlyCost, 'Maximum', day)),
];

const coming: Row = (deployment, classes) => [
  graph('Uploads begun', byClass(deployment, classes, 'api', metricNames.uploadsBegun, 'Sum', quarter)),
  graph('Objects stored', byClass(deployment, classes, 'catalog', metricNames.objectsStored, 'Sum', quarter)),
  graph('Bytes stored', byClass(deployment, classes, 'catalog', metricNames.bytesStored, 'Sum', quarter)),
];

const reading: Row = (deployment, classes) => [
  graph('Links to content, a day', byClass(deployment, classes, 'api', metricNames.contentRead, 'Sum', day)),
  lastRead(deployment, classes),
];

const refused: Row = (deployment, classes) => [
  graph(
    'Content that was there already',
    byClass(deployment, classes, 'intake', metricNames.objectsDuplicate, 'Sum', quarter),
  ),
  graph(
    'Nothing came though it usually does',
    byClass(deployment, classes, 'gauges', metricNames.arrivalsMissing, 'Maximum', Duration.hours(1)),
  ),
];

const going: Row = (deployment, classes) => [
  graph(
    'Deleted because their time was over',
    byClass(deployment, classes, 'sweep', metricNames.retentionDeleted, 'Sum', day),
  ),
  graph('Bytes freed', byClass(deployment, classes, 'sweep', metricNames.retentionFreed, 'Sum', day)),
  graph('Small objects packed', byClass(deployment, classes, 'archive', metricNames.objectsPacked, 'Sum', day)),
];

const rows: readonly Row[] = [kept, growth, coming, reading, refused, going];

/** On which days something of a class was read: the last peak is its last access. */
const lastRead = (deployment: Deployment, classes: readonly DataClass[]): GraphWidget =>
  graph(
    'Whether it was read, day by day',
    classes.map(
      ({ name }, index) =>
        new MathExpression({
          expression: `IF(FILL(m${index}, 0) > 0, 1, 0)`,
          usingMetrics: {
            [`m${index}`]: ownMetric(deployment, {
              name: metricNames.contentRead,
              service: 'api',
              statistic: 'Sum',
              period: day,
              dimensions: { class: name },
            }),
          },
          label: name,
          period: day,
        }),
    ),
  );

const byClass = (
  deployment: Deployment,
  classes: readonly DataClass[],
  service: string,
  name: string,
  statistic: string,
  period: Duration,
): Metric[] =>
  classes.map((one) =>
    ownMetric(deployment, { name, service, statistic, period, dimensions: { class: one.name } }).with({
      label: one.name,
    }),
  );

/** `SUM`: one line for a class; `FORECAST`: where it stands after 30 days of the day's growth. */
const bytesByStorageClass = (
  { name }: Deployment,
  { name: dataClass }: DataClass,
  label: string,
  how?: 'SUM' | 'FORECAST',
): IMetric => {
  const found = `SEARCH('{"${metricNamespace(name)}",class,service,storageClass} MetricName="${metricNames.bytesKept}" class="${dataClass}"', 'Maximum', ${day.toSeconds()})`;
  const month = Duration.days(30).toSeconds();
  const expression =
    how === undefined ? found : how === 'SUM' ? `SUM(${found})` : `SUM(${found}) + ${month} * RATE(SUM(${found}))`;
  return new MathExpression({ expression, label: how === undefined ? '' : `${dataClass} ${label}`, period: day });
};

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8, height: 6 });
