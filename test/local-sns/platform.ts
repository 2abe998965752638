import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../local/aws/aws-error.ts';
import type { Caller, PolicyDocument } from '../../local/aws/caller.ts';
import type { TemplateResource } from '../../local/aws/service.ts';
import { createAuthorize } from '../../local/iam/authorize.ts';
import type { UseKeyRequest } from '../../local/kms/use-key.ts';
import { resourceProviders } from '../../local/sns/resource-providers.ts';
import { createSns } from '../../local/sns/sns.ts';

export const accountId = '000000000000';
export const region = 'ap-south-1';
export const now = Date.parse('2026-03-01T12:00:00Z');

/** A notification service whose key refuses the services that are named. */
export const createPlatform = ({ db = new DatabaseSync(':memory:'), keyRefuses = [] as readonly string[] } = {}) => {
  const clock = { now: () => now };
  const keyUses: UseKeyRequest[] = [];
  const lines: string[] = [];
  const counted: Record<string, number> = {};
  let ids = 0;
  const sns = createSns({
    db,
    clock,
    accountId,
    authorize: createAuthorize({ clock }),
    newId: () => `id-${++ids}`,
    log: (line) => void lines.push(line),
    putMetric: ({ name, dimensions, value }) => {
      counted[`${name} ${dimensions['TopicName']}`] = value;
    },
    useKey: (request) => {
      keyUses.push(request);
      if (keyRefuses.includes(request.caller.service ?? '')) throw new AwsError('AccessDeniedException', 400, 'no key');
    },
  });
  const providers = new Map(resourceProviders(sns).map((provider) => [provider.type, provider]));
  const create = async (type: string, properties: Record<string, unknown>) => {
    const resource: TemplateResource = {
      logicalId: 'Alarms',
      type,
      stackName: 'app',
      region,
      accountId,
      properties,
      generatedName: 'app-Alarms-1',
    };
    const provider = providers.get(type);
    if (provider === undefined) throw new Error(`no provider of ${type}`);
    return provider.create(resource);
  };
  return { sns, keyUses, lines, counted, create };
};

export const topicArn = `arn:aws:sns:${region}:${accountId}:app-Alarms-1`;

/** The policy by which alarms of the account publish. */
export const alarmsPublish: PolicyDocument = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topicArn,
    Condition: {
      ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${region}:${accountId}:alarm:*` },
      StringEquals: { 'aws:SourceAccount': accountId },
    },
  },
};

export const alarm = {
  service: 'cloudwatch.amazonaws.com',
  arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:dead-letters`,
  accountId,
};

/** A user with one identity policy. */
export const userWith = (...Action: readonly string[]): Caller => ({
  kind: 'user',
  arn: `arn:aws:iam::${accountId}:user/admin`,
  accountId,
  identityPolicies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }],
});

/** Sends one query request to the service as a caller. */
export const query = async (
  { sns }: Pick<ReturnType<typeof createPlatform>, 'sns'>,
  caller: Caller,
  parameters: Record<string, string>,
): Promise<{ status: number; body: string }> => {
  const server = createServer((http, response) => {
    const base = { http, url: http.url ?? '/', requestId: 'r1', region, accountId, caller, baseContext: {} };
    void sns.handle(base, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: new URLSearchParams(parameters) });
    return { status: answer.status, body: await answer.text() };
  } finally {
    server.close();
  }
};
