import { beforeAll, describe, expect, it } from 'vitest';
import type { AuthorizationRequest, Caller } from '../../local/aws/caller.ts';
import { defaultApp } from '../infra/synthesized.ts';
import { createPeer } from './peer.ts';
import { decide, spareIcu } from './simulator.ts';
import type { ProtectedResource, TemplatePolicies } from './template-policies.ts';
import { readTemplatePolicies } from './template-policies.ts';

const account = '000000000000';

/** Actions by the type of resource, and what follows the resource's ARN for each. */
const actions: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'AWS::S3::Bucket': [
    ['s3:GetObject', '/raw/audio/t1/a'],
    ['s3:GetObjectVersion', '/put/t1/a'],
    ['s3:PutObject', '/put/t1/a'],
    ['s3:PutObject', '/facts/t1/a'],
    ['s3:DeleteObject', '/raw/audio/t1/a'],
    ['s3:DeleteObjectVersion', '/raw/audio/t1/a'],
    ['s3:PutObjectLegalHold', '/raw/audio/t1/a'],
    ['s3:ListBucket', ''],
    ['s3:ListBucketVersions', ''],
    ['s3:PutBucketPolicy', ''],
  ],
  'AWS::SQS::Queue': [
    ['sqs:SendMessage', ''],
    ['sqs:ReceiveMessage', ''],
    ['sqs:DeleteMessage', ''],
    ['sqs:PurgeQueue', ''],
  ],
  'AWS::KMS::Key': [
    ['kms:Decrypt', ''],
    ['kms:GenerateDataKey', ''],
    ['kms:GenerateMac', ''],
    ['kms:ScheduleKeyDeletion', ''],
  ],
  'AWS::DynamoDB::GlobalTable': [
    ['dynamodb:GetItem', ''],
    ['dynamodb:Query', '/index/by-x'],
    ['dynamodb:PutItem', ''],
    ['dynamodb:Scan', ''],
  ],
  'AWS::Lambda::Function': [['lambda:InvokeFunction', '']],
  'AWS::SNS::Topic': [['sns:Publish', '']],
};

const secure = { 'aws:SecureTransport': 'true', 'aws:SourceAccount': account, 'kms:CallerAccount': account };
const through = (name: string) => ({ ...secure, 'kms:ViaService': `${name}.ap-south-1.amazonaws.com` });
const bySource = (arn: string) => ({ ...secure, 'aws:SourceArn': arn });

/** Contexts in which a resource is asked for; the sources are those of notifications and alarms. */
const contextsOf = (type: string): readonly Record<string, string>[] => {
  if (type === 'AWS::KMS::Key') return [secure, through('s3'), through('sqs')];
  const plain = [secure, { ...secure, 'aws:SecureTransport': 'false' }];
  if (type === 'AWS::SQS::Queue') return [...plain, bySource(`arn:aws:s3:::mediakeep-vault-${account}-ap-south-1-an`)];
  if (type === 'AWS::SNS::Topic') return [...plain, bySource(`arn:aws:cloudwatch:ap-south-1:${account}:alarm:any`)];
  return plain;
};

const service = (name: string): Caller => ({
  kind: 'service',
  arn: '',
  service: name,
  accountId: account,
  identityPolicies: [],
});

const requestsOf = (caller: Caller, { type, arn, policy }: ProtectedResource, context: Record<string, string>) =>
  (actions[type] ?? []).map(
    ([action, suffix]): AuthorizationRequest => ({
      caller,
      action,
      resource: `${arn}${suffix}`,
      resourceAccountId: account,
      ...(policy && { resourcePolicy: policy }),
      resourcePolicyMustDelegate: type === 'AWS::KMS::Key',
      context: { ...context, 'aws:PrincipalArn': caller.roleArn ?? caller.arn },
      region: 'ap-south-1',
    }),
  );

beforeAll(spareIcu);

describe('the policies of the synthesized app', () => {
  let policies: TemplatePolicies;
  beforeAll(async () => {
    policies = await readTemplatePolicies(defaultApp().outdir);
  });

  it('are understood to the last statement and decided as the simulator decides them', async () => {
    const callers = [...policies.roles, service('s3.amazonaws.com'), service('cloudwatch.amazonaws.com')];
    const requests = callers.flatMap((caller) =>
      policies.resources.flatMap((resource) =>
        contextsOf(resource.type).flatMap((context) => requestsOf(caller, resource, context)),
      ),
    );
    const peer = createPeer();
    const differences: unknown[] = [];
    const allowed = new Set<string>();
    const outcomes = new Set<string>();

    for (const request of requests) {
      const { outcome, ignoredKeys } = await peer(request);
      const known = Object.entries(request.context).filter(([key]) => !ignoredKeys.includes(key));
      const ours = decide({ ...request, context: Object.fromEntries(known) });
      outcomes.add(ours);
      if (ours === 'Allowed') allowed.add(`${request.caller.service ?? 'role'} ${request.action}`);
      if (ours !== outcome) differences.push({ action: request.action, resource: request.resource, ours, outcome });
    }

    expect(policies.roles.length).toBeGreaterThanOrEqual(4);
    expect(outcomes).toEqual(new Set(['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']));
    expect(differences).toEqual([]);
    expect([...allowed]).toEqual(
      expect.arrayContaining([
        'role s3:GetObject',
        'role dynamodb:PutItem',
        's3.amazonaws.com sqs:SendMessage',
        'cloudwatch.amazonaws.com sns:Publish',
      ]),
    );
  });
});
