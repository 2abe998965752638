import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import type { AuthorizationRequest } from '../../local/aws/caller.ts';
import type { ServiceSource } from '../../local/aws/caller-context.ts';
import type { CreatedResource } from '../../local/aws/service.ts';
import { type CloudWatch, type CloudWatchDeps, createCloudWatch } from '../../local/cloudwatch/cloudwatch.ts';

export const topic = 'arn:aws:sns:ap-south-1:000000000000:alarms';
export const minute = 60_000;

/** A clock that a test moves. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

const movableClock = (): MovableClock => {
  let now = Date.parse('2026-01-15T10:00:00Z');
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
};

export interface Notice {
  readonly topic: string;
  readonly subject: string;
  readonly message: Record<string, unknown>;
  readonly source: ServiceSource;
}

export interface CloudWatchUnderTest {
  readonly cloudWatch: CloudWatch;
  readonly clock: MovableClock;
  readonly notices: Notice[];
  readonly log: string[];
  readonly asked: AuthorizationRequest[];
  /** Puts values of one metric, one a minute, the last in the minute that just ended; undefined leaves a minute empty. */
  values(...values: (number | undefined)[]): void;
  create(type: string, properties: Readonly<Record<string, unknown>>, logicalId?: string): Promise<CreatedResource>;
  /** The state of the one alarm after an evaluation. */
  state(): string | undefined;
}

export const startCloudWatch = (
  options: Partial<Pick<CloudWatchDeps, 'db' | 'dataDir' | 'publish' | 'authorize'>> = {},
): CloudWatchUnderTest => {
  const clock = movableClock();
  const notices: Notice[] = [];
  const log: string[] = [];
  const asked: AuthorizationRequest[] = [];
  const cloudWatch = createCloudWatch({
    db: options.db ?? new DatabaseSync(':memory:'),
    clock,
    log: (line) => void log.push(line),
    dataDir: options.dataDir,
    authorize(request) {
      asked.push(request);
      options.authorize?.(request);
    },
    publish(topicArn, subject, message, source) {
      options.publish?.(topicArn, subject, message, source);
      notices.push({ topic: topicArn, subject, message: JSON.parse(message), source });
    },
  });
  return {
    cloudWatch,
    clock,
    notices,
    log,
    asked,
    values(...values) {
      for (const [index, value] of values.entries()) {
        if (value === undefined) continue;
        const timestamp = clock.now() - (values.length - index) * minute;
        cloudWatch.put({ ...metric, value, unit: 'Count', timestamp });
      }
    },
    async create(type, properties, logicalId = 'Alarm') {
      const provider = cloudWatch.providers.find((candidate) => candidate.type === type);
      if (provider === undefined) throw new Error(`no provider for ${type}`);
      return provider.create({
        logicalId,
        type,
        stackName: 'test-service',
        region: 'ap-south-1',
        accountId: '000000000000',
        properties,
        generatedName: `test-service-${logicalId}-0123456789ab`,
      });
    },
    state() {
      cloudWatch.evaluate(clock.now());
      return cloudWatch.alarms()[0]?.state;
    },
  };
};

export const metric = { namespace: 'Mediakeep/test', name: 'Errors', dimensions: { Function: 'api' } };

/** An alarm on {@link metric}. */
export const alarmProperties = (changes: Readonly<Record<string, unknown>> = {}) => ({
  AlarmName: 'errors',
  Namespace: metric.namespace,
  MetricName: metric.name,
  Dimensions: [{ Name: 'Function', Value: 'api' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: [topic],
  OKActions: [topic],
  ...changes,
});

export interface CloudWatchServer extends AsyncDisposable {
  readonly url: string;
}

/** The service behind an endpoint of its own. */
export const serve = async (cloudWatch: CloudWatch): Promise<CloudWatchServer> => {
  const server = createServer((http, response) => {
    void cloudWatch.handle(
      {
        http,
        url: http.url ?? '/',
        requestId: 'request-1',
        region: 'ap-south-1',
        accountId: '000000000000',
        caller: {
          kind: 'user',
          arn: 'arn:aws:iam::000000000000:user/admin',
          accountId: '000000000000',
          identityPolicies: [],
        },
        baseContext: {},
      },
      response,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
