import type { AwsService, ResourceProvider } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { createAlarmBook } from './alarm-book.ts';
import { createAlarmEngine, type PublishNotice } from './alarm-engine.ts';
import type { AlarmStatus } from './alarm-model.ts';
import { cloudWatchOperations } from './cloudwatch-operations.ts';
import { answerCloudWatch } from './cloudwatch-protocols.ts';
import { cloudWatchProviders, type Dashboard } from './cloudwatch-providers.ts';
import { metricsOfLine } from './emf.ts';
import { createLogStore, type LogStore } from './log-store.ts';
import { createMetricStore, type MetricValue } from './metric-store.ts';

/** CloudWatch: metrics of functions and of the platform, alarms, dashboards and logs. */
export interface CloudWatch extends AwsService {
  readonly providers: ResourceProvider[];
  /** Takes one value of a metric. */
  put(value: MetricValue): void;
  /** Writes a line to a log group and takes the metrics that it carries in the embedded metric format. */
  writeLog(logGroup: string, line: string): void;
  readonly logs: LogStore;
  /** Looks at every alarm as of an instant of the platform's clock; answers those that changed. Meant for every minute. */
  evaluate(nowMs: number): AlarmStatus[];
  alarms(): AlarmStatus[];
  dashboards(): Dashboard[];
  /** Writes the values and log entries that wait in memory. */
  flush(): void;
}

export interface CloudWatchDeps extends Pick<ServiceDeps, 'db' | 'clock' | 'authorize' | 'log'> {
  /** Where log files live; undefined: the newest lines stay in memory. */
  readonly dataDir: string | undefined;
  readonly publish: PublishNotice;
}

export const createCloudWatch = ({ db, clock, authorize, log, dataDir, publish }: CloudWatchDeps): CloudWatch => {
  const now = () => clock.now();
  const store = createMetricStore(db, clock, log);
  const logs = createLogStore(dataDir);
  const book = createAlarmBook(db, now);
  const engine = createAlarmEngine({ book, store, publish, now, log });
  const dashboards = new Map<string, Dashboard>();
  const operations = cloudWatchOperations({ book, store, engine, now, authorize });
  return {
    signingName: 'monitoring',
    providers: cloudWatchProviders({ book, store, dashboards }),
    handle: (request, response) => answerCloudWatch(operations, { request, response, log }),
    put: (value) => store.put(value),
    writeLog(logGroup, line) {
      logs.append(groupName(logGroup), line, clock.now());
      for (const value of metricsOfLine(line)) store.put(value);
    },
    logs,
    evaluate: (nowMs) => engine.evaluate(nowMs),
    alarms: () => book.all(),
    dashboards: () => [...dashboards.values()],
    flush() {
      store.flush();
      logs.flush();
    },
  };
};

/** The name in a log group's ARN; a name stays as it is. */
const groupName = (nameOrArn: string): string =>
  /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/.exec(nameOrArn)?.[1] ?? nameOrArn;
