import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { bucketName } from '../constructs/bucket-name.ts';
import { CatalogTable } from '../constructs/catalog-table.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { PermissionsBoundary } from '../constructs/permissions-boundary.ts';
import { ScratchBucket } from '../constructs/scratch-bucket.ts';
import { ReaderRole, readerRoleName } from '../constructs/standby/reader-role.ts';
import { RebuildFunction } from '../constructs/standby/rebuild-function.ts';
import { StandbyAlarms } from '../constructs/standby/standby-alarms.ts';
import { StandbyApiFunction } from '../constructs/standby/standby-api-function.ts';
import { StandbyKeys } from '../constructs/standby/standby-keys.ts';
import { tagDataClass } from '../constructs/tags.ts';
import type { ReplicaStack } from './replica.ts';

export interface StandbyStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly replica: ReplicaStack;
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
}

/**
 * The API in the second region while the first is lost: over the copies of Replica and a catalog of its own, which is made
 * from them. It needs nothing of the home region, writes nothing to the copies, and goes with the failback. No reference leads
 * to Replica: an output that only this stack asks for would not be there when Replica cannot be deployed any more.
 */
export class StandbyStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, replica, bundles, ...props }: StandbyStackProps) {
    super(scope, id, props);
    // What is in this stack is made from the copies and goes with it.
    const derived = { ...deployment, retainData: false };
    const keys = new StandbyKeys(this, 'Keys', { deployment });
    const catalog = new CatalogTable(this, 'Catalog', { deployment: derived, key: keys.data });
    const scratch = new ScratchBucket(this, 'Scratch', {
      deployment: derived,
      key: keys.data,
      accessLogs: replica.logs.bucket,
    });
    const deadLetters = new DeadLetterQueue(this, 'JobDeadLetters', { deployment: derived, key: keys.messages });
    const context = {
      deployment,
      bundles,
      keys,
      catalogTable: catalog.table,
      jobDeadLetters: deadLetters.queue,
      boundary: new PermissionsBoundary(this, 'Boundary').policy,
      readerRole: readerRoleName(deployment),
    };
    const rebuild = new RebuildFunction(this, 'Rebuild', context);
    const api = new StandbyApiFunction(this, 'Api', context);
    const httpApi = new HttpApi(this, 'HttpApi', {
      deployment,
      function: api.function.resource,
      messagesKey: keys.messages,
    });
    const topic = new AlarmTopic(this, 'AlarmTopic', { deployment, key: keys.messages });
    const reader = new ReaderRole(this, 'Reader', { deployment });
    reader.allowReading(httpApi);
    const functions = { Rebuild: rebuild.function, Api: api.function };
    const alarms = new StandbyAlarms(this, 'Alarms', { ...context, topic, httpApi, functions });
    tagDataClass({
      content: [catalog, scratch],
      keys: [keys],
      operations: [rebuild, api, httpApi, reader, deadLetters, alarms, topic],
    });
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('ApiUrl', httpApi.url, 'Address of the HTTP API, signed requests only');
    output('CatalogTableName', catalog.table.tableName, 'Catalog made from the copies');
    output('ReaderRoleArn', reader.role.roleArn, 'Role that members read in');
    output('RebuildFunctionName', rebuild.function.resource.functionName, 'Makes the catalog from the copies');
    output('VaultBucketName', bucketName(deployment, 'vault'), 'Copy of the vault');
    output('ScratchBucketName', scratch.bucket.resource.ref, 'Bucket: scratch');
  }
}
