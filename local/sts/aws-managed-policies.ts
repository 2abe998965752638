import type { PolicyDocument, PolicyStatement } from '../aws/caller.ts';
import { backupManagedPolicies } from './backup-managed-policies.ts';

const allow = (actions: readonly string[], resource: string): PolicyStatement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});
const document = (...statements: PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});

const logs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const published: Readonly<Record<string, PolicyDocument>> = {
  AdministratorAccess: document(allow(['*'], '*')),
  'service-role/AWSLambdaBasicExecutionRole': document(allow(logs, '*')),
  'service-role/AWSLambdaSQSQueueExecutionRole': document(
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...logs], '*'),
  ),
  AWSXRayDaemonWriteAccess: document(
    allow(
      [
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:GetSamplingStatisticSummaries',
      ],
      '*',
    ),
  ),
};

/** The policies kept by AWS that a template may name, as AWS publishes them; any other one must be added here first. */
export const awsManagedPolicies: ReadonlyMap<string, PolicyDocument> = new Map(
  Object.entries({ ...published, ...backupManagedPolicies }).map(([name, policy]) => [
    `arn:aws:iam::aws:policy/${name}`,
    policy,
  ]),
);
