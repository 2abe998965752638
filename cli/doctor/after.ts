import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import {
  judgeAlarms,
  judgeBuckets,
  judgeProof,
  judgeSources,
  judgeTable,
  type SourceState,
} from '../../core/doctor/after.ts';
import { type Finding, failed } from '../../core/doctor/finding.ts';
import { proofKey } from '../../core/recovery/closed.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { alarmNames } from './alarm-names.ts';
import { checkBackups } from './backups.ts';
import { checkCopies } from './copies.ts';
import { look } from './look.ts';

/** Is what runs still what was deployed? Asks everything side by side. */
export const checkAfter = async (target: OperatorTarget): Promise<readonly Finding[]> => {
  const checks = [
    look('buckets and keys', () => buckets(target)),
    ...checkCopies(target),
    look('catalog', () => catalog(target)),
    look('queues and stream reach their functions', () => sources(target)),
    ...[target.region, target.secondRegion].map((region) =>
      look(`alarms ${region}`, async () =>
        judgeAlarms(region, await alarms(target, region), await alarmNames(target, region)),
      ),
    ),
    ...checkBackups(target),
    look('last proof of recovery', () => proof(target)),
  ];
  return (await Promise.all(checks)).flat();
};

const GuardAnswer = z.object({
  drifts: z.array(z.object({ bucket: z.string(), setting: z.string(), found: z.string() })),
  unusable: z.array(z.object({ key: z.string(), state: z.string() })),
});

/** The guard knows what was deployed and compares; it is asked to look now instead of in a few minutes. */
const buckets = async (target: OperatorTarget): Promise<readonly Finding[]> => {
  const FunctionName = await target.functionName('guard');
  const { Payload, FunctionError } = await new LambdaClient(target.aws()).send(new InvokeCommand({ FunctionName }));
  const answer: unknown = JSON.parse(new TextDecoder().decode(Payload) || 'null');
  if (FunctionError !== undefined) {
    const reason = `the guard could not look: ${JSON.stringify(answer).slice(0, 300)}`;
    return [failed('buckets and keys', reason, 'A bucket may be gone, or the guard lost its rights: see its log')];
  }
  return judgeBuckets(Object.values(target.buckets), GuardAnswer.parse(answer));
};

const catalog = async (target: OperatorTarget): Promise<readonly Finding[]> => {
  const client = new DynamoDBClient(target.aws());
  const TableName = target.catalogTable;
  const [{ Table }, { TimeToLiveDescription }, { ContinuousBackupsDescription }] = await Promise.all([
    client.send(new DescribeTableCommand({ TableName })),
    client.send(new DescribeTimeToLiveCommand({ TableName })),
    client.send(new DescribeContinuousBackupsCommand({ TableName })),
  ]);
  return judgeTable('catalog', {
    status: Table?.TableStatus,
    encryption: Table?.SSEDescription?.SSEType,
    stream: Table?.StreamSpecification?.StreamEnabled ? Table.StreamSpecification.StreamViewType : undefined,
    timeToLive: TimeToLiveDescription?.TimeToLiveStatus,
    recovery: ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    protected: Table?.DeletionProtectionEnabled,
  });
};

const sources = async (target: OperatorTarget): Promise<Finding> => {
  const client = new LambdaClient(target.aws());
  const found: SourceState[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    for (const { FunctionArn = '', State = 'Unknown' } of EventSourceMappings) {
      const functionName = FunctionArn.split(':')[6] ?? '';
      if (functionName.startsWith(`${target.deployment}-`)) found.push({ functionName, state: State });
    }
  }
  return judgeSources(found);
};

const alarms = async (target: OperatorTarget, region: string) => {
  const client = new CloudWatchClient(target.aws(region));
  const found: { name: string; state: string; enabled: boolean; actions: number }[] = [];
  const input = { AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, input)) {
    for (const alarm of [...MetricAlarms, ...CompositeAlarms]) {
      const { AlarmName = '', StateValue = 'UNKNOWN', ActionsEnabled, AlarmActions = [] } = alarm;
      if (!AlarmName.startsWith(`${target.deployment}-`)) continue;
      found.push({
        name: AlarmName,
        state: StateValue,
        enabled: ActionsEnabled === true,
        actions: AlarmActions.length,
      });
    }
  }
  return found;
};

const Proof = z.object({ at: z.string() });

const proof = async (target: OperatorTarget): Promise<Finding> => {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(target.aws()));
  const { Item } = await table.send(new GetCommand({ TableName: target.catalogTable, Key: { ...proofKey } }));
  return judgeProof(Proof.safeParse(Item).data?.at, await target.now());
};
