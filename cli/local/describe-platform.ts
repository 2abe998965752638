import { isoTime } from '../../core/time.ts';
import type { Platform } from '../../local/platform.ts';
import type { LocalState } from '../../local/state-file.ts';
import type { DeployedStack } from '../../local/template/deployed-app.ts';
import { resourcesOfType } from '../../local/template/deployed-app.ts';

/** What a running platform tells its clients, all but the users. */
export const describePlatform = (platform: Platform, nowMs: number): Omit<LocalState, 'users'> => {
  const { app, services } = platform;
  const data = stackWith(app.stacks, 'CatalogTableName');
  const second = output(data, 'SecondRegion');
  const replica = app.stacks.find(({ region }) => region === second);
  if (replica === undefined) throw new Error(`No stack of the template is in ${second}.`);
  const out = (name: string): string => output(data, name);
  const { accessKeyId, secretAccessKey } = services.credentials.admin;
  return {
    endpoint: platform.endpoint,
    api: platform.api,
    issuer: platform.issuer,
    regions: [data.region, second],
    buckets: {
      landing: out('LandingBucketName'),
      vault: out('VaultBucketName'),
      scratch: out('ScratchBucketName'),
      audit: out('AuditBucketName'),
      logs: out('LogsBucketName'),
    },
    replicas: { vault: output(replica, 'VaultBucketName'), audit: output(replica, 'AuditBucketName') },
    batchReplicationRoleArn: out('BatchReplicationRoleArn'),
    tables: { catalog: out('CatalogTableName') },
    queues: {
      intake: out('IntakeQueueUrl'),
      catalog: out('CatalogQueueUrl'),
      intakeDeadLetters: out('IntakeDeadLettersUrl'),
      catalogDeadLetters: out('CatalogDeadLettersUrl'),
    },
    functions: functionNames(platform),
    userPoolId: out('UserPoolId'),
    clientId: out('PeopleClientId'),
    admin: { accessKeyId, secretAccessKey },
    pid: process.pid,
    startedAt: isoTime(nowMs),
  };
};

const stackWith = (stacks: readonly DeployedStack[], outputName: string): DeployedStack => {
  const stack = stacks.find(({ outputs }) => outputs.has(outputName));
  if (stack === undefined) throw new Error(`No stack of the template has the output ${outputName}.`);
  return stack;
};

const output = ({ stackName, outputs }: DeployedStack, name: string): string => {
  const value = outputs.get(name);
  if (value === undefined) throw new Error(`The stack ${stackName} has no output ${name}.`);
  return value;
};

/** By the construct's id in lower case: `intake`, `catalog`, `api`, `undelete`. */
const functionNames = ({ app }: Platform): Record<string, string> =>
  Object.fromEntries(
    resourcesOfType(app, 'AWS::Lambda::Function').map(({ stack, resource }) => {
      const path = [...stack.logicalIds].find(([, logicalId]) => logicalId === resource.logicalId)?.[0] ?? '';
      return [path.split('/')[2]?.toLowerCase() ?? resource.logicalId, resource.ref];
    }),
  );
