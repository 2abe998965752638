import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../core/time.ts';
import type { AwsService, ResourceProvider } from './aws/service.ts';
import { createBackup } from './backup/backup.ts';
import type { PlatformClock } from './clock.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { createDynamoDb } from './dynamodb/dynamodb-service.ts';
import type { BusEvent } from './events/event.ts';
import { createEvents } from './events/events.ts';
import { createHttpApi } from './http-api/http-api.ts';
import { createAuthorize } from './iam/authorize.ts';
import { createIdentity } from './identity/identity.ts';
import { createKms } from './kms/kms.ts';
import { resourceProviders as kmsProviders } from './kms/resource-providers.ts';
import { createLambda } from './lambda/lambda.ts';
import { resourceProviders as lambdaProviders } from './lambda/resource-providers.ts';
import type { PlatformOptions } from './platform-options.ts';
import { localAccountId } from './platform-options.ts';
import { createRegions, regionOfArn } from './regions.ts';
import { bucketBackups } from './s3/backups/bucket-backups.ts';
import { resourceProviders as s3Providers } from './s3/resource-providers.ts';
import { createS3 } from './s3/s3.ts';
import { resourceProviders as snsProviders } from './sns/resource-providers.ts';
import { createSns } from './sns/sns.ts';
import { resourceProviders as sqsProviders } from './sqs/resource-providers.ts';
import { createSqs } from './sqs/sqs.ts';
import { createCredentials } from './sts/credentials.ts';
import { resourceProviders as roleProviders } from './sts/resource-providers.ts';
import { createSts } from './sts/sts.ts';
import { createSsmParameters } from './template/ssm-parameters.ts';

export interface ServicesDeps {
  readonly options: PlatformOptions;
  readonly db: DatabaseSync;
  readonly clock: PlatformClock;
  /** The endpoint's URL, known once it listens. */
  readonly endpoint: () => string;
  /** Where functions find DynamoDB. */
  readonly dynamoDbEndpoint: () => string;
}

/**
 * More threads of one function would take 40 MB each and give nothing on a small machine: further invocations wait. While one
 * waits for an answer of AWS the other works, for requests and for batches of a queue alike.
 */
const threadsOfFunction = 2;

/** Every service of the platform, wired to the others as AWS wires them. */
export type Services = ReturnType<typeof createServices>;

export const createServices = ({ options, db, clock, endpoint, dynamoDbEndpoint }: ServicesDeps) => {
  const { log, dataDir } = options;
  const compileCacheDir =
    options.compileCacheDir ?? (dataDir === undefined ? undefined : join(dataDir, 'compile-cache'));
  const authorize = createAuthorize({ clock });
  const regions = createRegions(db);
  const deps = { db, clock, authorize, newId: randomUUID, accountId: localAccountId, log };
  const credentials = createCredentials(deps);
  const kms = createKms(deps);
  const sqs = createSqs({ ...deps, useKey: kms.useKey, endpoint });
  const sns = createSns({ ...deps, useKey: kms.useKey, putMetric: (metric) => cloudWatch.put(metric) });
  const putEvent = (event: BusEvent): void => void events.bus.putEvent(event);
  const s3 = createS3({
    ...deps,
    dataDir,
    machineClock: systemClock,
    deliver: sqs.deliver,
    useKey: kms.useKey,
    keyArn: (keyId, region) => kms.access.resolve(keyId, region).key.arn,
    assumeRole: (roleArn, { service, forArn }) => {
      credentials.roles.refuseUnlessAssumable(roleArn, service, forArn);
      return credentials.roles.sessionCaller(roleArn, 's3-replication');
    },
    isDown: regions.isDown,
    putMetric: (metric) => cloudWatch.put(metric),
    putEvent,
    identify: credentials.lookup,
  });
  const dynamoDb = createDynamoDb({ ...deps, dataDir, environment: options.environment, useKey: kms.useKey });
  const cloudWatch = createCloudWatch({ ...deps, dataDir, publish: sns.publish });
  const lambda = createLambda({
    ...deps,
    sqs,
    streams: dynamoDb.streams,
    credentials,
    endpoint,
    dynamoDbEndpoint,
    clockOffset: clock.offset,
    onLog: ({ functionName, logGroupName, line }) => {
      cloudWatch.writeLog(logGroupName, line);
      log(`${functionName} ${line}`);
    },
    onMetric: cloudWatch.put,
    onEvent: putEvent,
    limits: {
      account: 1000,
      halted: ({ arn }) => regions.isDown(regionOfArn(arn)),
      perFunction: threadsOfFunction,
    },
    ...(compileCacheDir !== undefined && { cacheDir: compileCacheDir }),
  });
  const events = createEvents({ ...deps, lambda, sqs, sns, credentials });
  const identity = createIdentity({ ...deps, isDown: regions.isDown });
  const httpApi = createHttpApi({
    ...deps,
    issuerKeys: identity.issuerKeys,
    // The first API is the app's own; that of a stack deployed later takes any port.
    portFor: ({ stackName }) => (stackName.endsWith('-standby') ? 0 : options.ports.api),
    iam: { lookup: credentials.lookup, authorize, clocks: { platform: clock, machine: systemClock } },
    invoke: lambda.invoke,
    putMetric: cloudWatch.put,
    isDown: regions.isDown,
    writeAccessLog: cloudWatch.writeLog,
  });
  const backup = createBackup({
    ...deps,
    credentials,
    useKey: kms.useKey,
    s3,
    buckets: bucketBackups(s3.core),
    tables: dynamoDb.backups,
    putEvent,
    putMetric: cloudWatch.put,
  });
  const ssm = createSsmParameters();
  const sts = createSts({ ...deps, credentials });
  const aws: AwsService[] = [s3, sqs, sns, kms, sts, dynamoDb, lambda, identity, cloudWatch, backup, events];
  const providers: ResourceProvider[] = [
    ...roleProviders(credentials),
    ...kmsProviders(kms),
    ...sqsProviders(sqs),
    ...snsProviders(sns),
    ...s3Providers(s3),
    ...dynamoDb.providers,
    ...lambdaProviders(lambda, { ...deps, credentials, sqs, streams: dynamoDb.streams }),
    ...identity.providers,
    ...cloudWatch.providers,
    ...backup.providers,
    ...events.providers,
    ...httpApi.providers,
    ...ssm.providers,
  ];
  return {
    regions,
    credentials,
    kms,
    sqs,
    sns,
    s3,
    dynamoDb,
    lambda,
    identity,
    httpApi,
    cloudWatch,
    backup,
    events,
    ssm,
    aws,
    providers,
  };
};
