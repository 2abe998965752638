import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, createFunction, createRole, type Platform, region, startPlatform } from './small-platform.ts';

const api = (arn: string) => ({ service: 'apigateway.amazonaws.com', arn, accountId });
const apiArn = `arn:aws:execute-api:${region}:${accountId}:abc/*/*`;

let platform: Platform;
let admin: LambdaClient;

beforeAll(async () => {
  platform = await startPlatform();
  admin = new LambdaClient(platform.clientOptions);
});
afterAll(async () => {
  admin.destroy();
  await platform.stop();
});

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => error.name,
  );

describe('a function is invoked', () => {
  it('by a service only for the source that its permission names', async () => {
    const { arn, name } = await createFunction(platform, 'export const handler = async (e) => e;', { id: 'Api' });
    const invoke = (source: string) => platform.lambda.invoke(arn, { a: 1 }, api(source));
    await expect(invoke(`arn:aws:execute-api:${region}:${accountId}:abc/$default/GET/x`)).rejects.toThrow(
      'no resource-based policy allows',
    );

    await platform.create('AWS::Lambda::Permission', 'Permission', {
      FunctionName: name,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: apiArn,
    });

    expect(await invoke(`arn:aws:execute-api:${region}:${accountId}:abc/$default/GET/x`)).toEqual({
      payload: { a: 1 },
    });
    await expect(invoke(`arn:aws:execute-api:${region}:${accountId}:other/$default/GET`)).rejects.toThrow(
      'not authorized',
    );
  });

  it('by a role only with its own right to do so', async () => {
    const { arn, name } = await createFunction(platform, 'export const handler = async () => 1;', { id: 'Role' });
    const statement = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn };
    const invokeWith = async (statements: object[]) => {
      const credentials = platform.credentials.credentialsFor(await createRole(platform, statements));
      const client = new LambdaClient({ ...platform.clientOptions, credentials });
      return refusal(client.send(new InvokeCommand({ FunctionName: name }))).finally(() => client.destroy());
    };

    expect(await invokeWith([])).toBe('AccessDeniedException');
    expect(await invokeWith([{ ...statement, Resource: `${arn}-other` }])).toBe('AccessDeniedException');
    expect(await invokeWith([statement])).toBeUndefined();
  });

  it('never with a role that Lambda may not assume', async () => {
    await platform.create('AWS::IAM::Role', 'Other', {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
      },
    });
    const Role = `arn:aws:iam::${accountId}:role/test-Other-0123456789ab`;

    await expect(createFunction(platform, 'export const handler = 1', { Role })).rejects.toThrow(
      'cannot be assumed by Lambda',
    );
  });
});

describe('versions and aliases', () => {
  it('keep what was published and follow what they are pointed at', async () => {
    const code = (n: number) =>
      `export const handler = async (e, c) => [${n}, c.functionVersion, c.invokedFunctionArn];`;
    const { name, arn } = await createFunction(platform, code(1), { id: 'Live' });
    const { ref } = await platform.create('AWS::Lambda::Version', 'V1', { FunctionName: name });
    await platform.create('AWS::Lambda::Alias', 'Alias', { FunctionName: name, FunctionVersion: '1', Name: 'live' });
    await createFunction(platform, code(2), { id: 'Live' });

    const run = async (Qualifier?: string) => {
      const { Payload, ExecutedVersion } = await admin.send(new InvokeCommand({ FunctionName: name, Qualifier }));
      return [ExecutedVersion, ...JSON.parse(Payload?.transformToString() ?? '[]')];
    };

    expect(ref).toBe(`${arn}:1`);
    expect(await run()).toEqual(['$LATEST', 2, '$LATEST', arn]);
    expect(await run('live')).toEqual(['1', 1, '1', `${arn}:live`]);
    expect(await run('1')).toEqual(['1', 1, '1', `${arn}:1`]);
    expect(await refusal(run('7'))).toBe('ResourceNotFoundException');
    expect((await platform.create('AWS::Lambda::Version', 'V1', { FunctionName: name })).ref).toBe(ref);
    const { Aliases } = await admin.send(new ListAliasesCommand({ FunctionName: name }));
    const { Versions } = await admin.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
    expect(Aliases).toMatchObject([{ Name: 'live', FunctionVersion: '1' }]);
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
  });
});

describe('functions', () => {
  it('are listed and described', async () => {
    const { name, arn } = await createFunction(platform, 'export const handler = 1', { id: 'Shown', Timeout: 7 });

    const { Configuration } = await admin.send(new GetFunctionCommand({ FunctionName: arn }));
    const { Functions } = await admin.send(new ListFunctionsCommand({}));

    expect(Configuration).toMatchObject({ FunctionName: name, FunctionArn: arn, Timeout: 7, State: 'Active' });
    expect(Functions?.map(({ FunctionName }) => FunctionName)).toContain(name);
    expect((await admin.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings).toEqual([]);
  });

  it.each([
    [{ Runtime: 'python3.13' }, 'Runtime'],
    [{ Timeout: 901 }, 'Timeout'],
    [{ MemorySize: 64 }, 'MemorySize'],
    [{ Layers: ['arn:aws:lambda:x'] }, 'Layers'],
    [{ VpcConfig: {} }, 'VpcConfig'],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'AWS_REGION'],
    [{ Code: { S3Bucket: 'b', S3Key: 'k' } }, 'localPath'],
    [{ Code: { localPath: '/nowhere' } }, '/nowhere does not exist'],
  ])('are refused with %j', async (properties, named) => {
    await expect(createFunction(platform, 'export const handler = 1', { id: 'Bad', ...properties })).rejects.toThrow(
      named,
    );
  });

  it('have no layers', async () => {
    await expect(platform.create('AWS::Lambda::LayerVersion', 'Layer', {})).rejects.toThrow('layers are not offered');
  });
});
