import { GetDurableExecutionHistoryCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** One function that does what its event says, so that the tests share one container. */
export const deeds = `
const noRetry = { retryStrategy: () => ({ shouldRetry: false }) };
const later = { retryStrategy: () => ({ shouldRetry: true, delay: { minutes: 10 } }) };
const fails = async () => { throw new Error('no such tape'); };
const flaky = async ({ attempt }) => { if (attempt < 3) throw new Error('try ' + attempt); return attempt; };
const deeds = {
  async add({ start }, context) {
    const one = await context.step('one', async () => start + 1);
    return { sum: await context.step('two', async () => one + 1) };
  },
  fail: (event, context) => context.step('fail', fails, noRetry),
  flaky: (event, context) => context.step('flaky', flaky, later),
  async wait({ hours, answer }, context) {
    await context.wait('long', { hours });
    return context.step('note', async () => answer ?? null);
  },
  async ask(event, context) {
    const timeouts = { timeout: { hours: 12 }, heartbeatTimeout: { hours: 2 } };
    const [answer, id] = await context.createCallback('restored', timeouts);
    console.log('callback=' + id + '=');
    return { answer: await answer };
  },
  async call({ plain, durable }, context) {
    const doubled = await context.invoke('double', plain, { n: 21 });
    return context.invoke('add', durable, { do: 'wait', hours: 1, answer: doubled + 1 });
  },
  big: (event, context) => context.step('big', async () => 'x'.repeat(event.bytes)),
  many: (event, context) =>
    Promise.all(Array.from({ length: event.steps }, (_, n) => context.step('n' + n, async () => n))).then(({ length }) => length),
  huge: async (event) => 'x'.repeat(event.bytes),
};
export const handler = withDurableExecution((event, context) => deeds[event.do](event, context));`;

/** The kinds of the events of an execution, in their order. */
export const historyOf = async (client: LambdaClient, arn: string): Promise<(string | undefined)[]> => {
  const { Events = [] } = await client.send(
    new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, IncludeExecutionData: true }),
  );
  return Events.map(({ EventType }) => EventType);
};
