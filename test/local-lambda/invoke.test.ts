import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFunction, type Platform, startPlatform } from './small-platform.ts';

let platform: Platform;
let client: LambdaClient;

beforeAll(async () => {
  platform = await startPlatform();
  client = new LambdaClient(platform.clientOptions);
});
afterAll(async () => {
  client.destroy();
  await platform.stop();
});

const invoke = async (name: string, event: unknown = {}, options: Partial<InvokeCommand['input']> = {}) => {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), ...options }),
  );
  const text = answer.Payload?.transformToString() ?? '';
  return { ...answer, body: text === '' ? undefined : JSON.parse(text) };
};

describe('an invocation', () => {
  it('answers what the handler returns, with the context that Lambda gives', async () => {
    const { name, arn } = await createFunction(
      platform,
      `export const handler = async (event, context) => ({ event, id: context.awsRequestId, arn: context.invokedFunctionArn,
         left: context.getRemainingTimeInMillis(), memory: context.memoryLimitInMB, region: process.env.AWS_REGION,
         own: process.env.OWN, home: process.env.HOME, endpoint: process.env.AWS_ENDPOINT_URL });`,
      { id: 'Echo', MemorySize: 256, Timeout: '10', Environment: { Variables: { OWN: 'value' } } },
    );

    const { body, StatusCode, ExecutedVersion } = await invoke(name, { a: 1 });

    expect({ StatusCode, ExecutedVersion }).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(body).toMatchObject({ event: { a: 1 }, arn, memory: '256', region: 'ap-south-1', own: 'value' });
    expect(body.home).toBeUndefined();
    expect(body.endpoint).toBe(platform.endpoint());
    expect(body.left).toBeGreaterThan(9000);
  });
});
