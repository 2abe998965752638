import type { PolicyDocument } from '../aws/caller.ts';

const allow = (Action: readonly string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

const logging = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const queueReading = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Everything on everything: the rights of an administrator. */
export const administratorAccess: PolicyDocument = allow(['*']);

/**
 * The policies that AWS keeps and templates attach by ARN, as far as templates here do: by what follows
 * `arn:aws:iam::aws:policy/`. {@link https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html}
 */
export const awsManagedPolicies: Readonly<Record<string, PolicyDocument>> = {
  AdministratorAccess: administratorAccess,
  'service-role/AWSLambdaBasicExecutionRole': allow(logging),
  'service-role/AWSLambdaSQSQueueExecutionRole': allow([...queueReading, ...logging]),
  AWSXRayDaemonWriteAccess: allow([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ]),
};
