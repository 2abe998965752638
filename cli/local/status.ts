import * as z from 'zod';
import { isoTime } from '../../core/time.ts';
import type { LocalState } from '../../local/state-file.ts';
import { table } from '../output.ts';

/** What a running platform says of itself. */
export const StatusAnswer = z.object({
  /** Milliseconds since the epoch, by the platform's clock. */
  now: z.number(),
  /** Regions that are lost. */
  regionsDown: z.array(z.string()),
  /** What is still to be copied to the second region, and how copying is set. */
  replication: z.object({
    lagMs: z.number(),
    paused: z.boolean(),
    operations: z.number(),
    bytes: z.number(),
    lateSeconds: z.number(),
  }),
  queues: z.array(z.object({ name: z.string(), visible: z.number(), inFlight: z.number(), oldestSeconds: z.number() })),
  /** Durable executions that have not ended. */
  executions: z.array(
    z.object({
      name: z.string(),
      functionName: z.string(),
      startedMs: z.number(),
      operations: z.number(),
      /** No invocation is under way: it waits for a time, an answer or its region. */
      isWaiting: z.boolean(),
    }),
  ),
  /** When each schedule runs next. */
  schedules: z.array(z.object({ name: z.string(), nextMs: z.number() })),
  alarms: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string() })),
  messages: z.array(z.object({ topicArn: z.string(), subject: z.string().optional(), publishedMs: z.number() })),
  /** What was asked of AWS since the platform began, by function and operation. */
  requests: z.array(z.object({ caller: z.string(), service: z.string(), operation: z.string(), count: z.number() })),
  /** Stacks that came to the app while it ran, with what they tell of themselves. */
  added: z.array(z.object({ stackName: z.string(), region: z.string(), outputs: z.record(z.string(), z.string()) })),
  residentBytes: z.number(),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;

export const statusLines = (state: LocalState, status: StatusAnswer): string[] => [
  `endpoint  ${state.endpoint}`,
  `api       ${state.api}`,
  `issuer    ${state.issuer}`,
  `clock     ${isoTime(status.now)}`,
  ...state.regions.map((region) => `region    ${region}${status.regionsDown.includes(region) ? '  LOST' : ''}`),
  `copies    ${copiesLine(status.replication)}`,
  `memory    ${Math.round(status.residentBytes / 1024 ** 2)} MiB in the platform's process`,
  '',
  ...table(
    ['QUEUE', 'WAITING', 'IN FLIGHT', 'OLDEST (S)'],
    status.queues.map(({ name, visible, inFlight, oldestSeconds }) => [name, visible, inFlight, oldestSeconds]),
  ),
  '',
  ...(status.executions.length === 0 ? [] : [...executionTable(state, status), '']),
  ...table(
    ['SCHEDULE', 'NEXT'],
    status.schedules.map(({ name, nextMs }) => [name, isoTime(nextMs)]),
  ),
  '',
  ...table(
    ['ALARM', 'STATE', 'BECAUSE'],
    status.alarms.map(({ name, state, reason }) => [name, state, reason]),
  ),
  '',
  ...table(
    ['FUNCTION', 'SERVICE', 'OPERATION', 'REQUESTS'],
    requestsOfFunctions(state, status).map(({ caller, service, operation, count }) => [
      caller,
      service,
      operation,
      count,
    ]),
  ),
];

const executionTable = ({ functions }: LocalState, { executions }: StatusAnswer): string[] => {
  const shortNames = new Map(Object.entries(functions).map(([short, name]) => [name, short]));
  return table(
    ['EXECUTION', 'FUNCTION', 'SINCE', 'OPERATIONS', 'STATE'],
    executions.map(({ name, functionName, startedMs, operations, isWaiting }) => [
      name,
      shortNames.get(functionName) ?? functionName,
      isoTime(startedMs),
      operations,
      isWaiting ? 'waits' : 'runs',
    ]),
  );
};

const copiesLine = ({ lagMs, paused, operations, bytes, lateSeconds }: StatusAnswer['replication']): string => {
  const pace = paused ? 'paused' : lagMs === 0 ? 'at once' : `${Math.round(lagMs / 1000)} s after the original`;
  return operations === 0
    ? `${pace}, nothing waits`
    : `${pace}, ${operations} wait with ${bytes} bytes, the oldest for ${lateSeconds} s`;
};

/** What the functions asked, by their short names. */
const requestsOfFunctions = ({ functions }: LocalState, { requests }: StatusAnswer): StatusAnswer['requests'] => {
  const shortNames = new Map(Object.entries(functions).map(([short, name]) => [name, short]));
  return requests.flatMap((request) => {
    const caller = shortNames.get(request.caller);
    return caller === undefined ? [] : [{ ...request, caller }];
  });
};
