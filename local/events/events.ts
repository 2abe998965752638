import * as z from 'zod';
import { AwsError } from '../aws/aws-error.ts';
import { callerContext } from '../aws/caller-context.ts';
import { jsonService, parseInput } from '../aws/json-protocol.ts';
import type { AwsRequest, AwsService, ResourceProvider } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { createBus, type EventBus } from './bus.ts';
import { eventProviders } from './resource-providers.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { TargetDeps } from './targets.ts';

export type EventsDeps = ServiceDeps & Omit<TargetDeps, 'now'>;

/** EventBridge in the platform: the default bus with its rules, and schedules. */
export interface Events extends AwsService {
  readonly bus: EventBus;
  readonly scheduler: Scheduler;
  readonly providers: readonly ResourceProvider[];
}

const Entry = z.object({
  Source: z.string().min(1),
  DetailType: z.string().min(1).max(128),
  Detail: z.string(),
  Resources: z.array(z.string()).nullish(),
  EventBusName: z.string().nullish(),
});

const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });

const invalid = (path: string, why: string): AwsError => new AwsError('ValidationException', 400, `${path}: ${why}`);

export const createEvents = (deps: EventsDeps): Events => {
  const targetDeps = { ...deps, now: () => deps.clock.now() };
  const bus = createBus(targetDeps);
  const scheduler = createScheduler(targetDeps);
  return {
    ...jsonService({
      signingName: 'events',
      version: '1.1',
      targetPrefix: 'AWSEvents',
      operations: new Map([['PutEvents', (input, request) => putEvents(deps, bus, input, request)]]),
      maxBodyBytes: 1_048_576,
      onUnexpected: (error, operation) => deps.log(`events ${operation} failed: ${String(error)}`),
    }),
    bus,
    scheduler,
    providers: eventProviders({ bus, scheduler, clock: deps.clock }),
  };
};

const putEvents = (deps: EventsDeps, bus: EventBus, input: unknown, request: AwsRequest): object => {
  const { Entries } = parseInput(PutEvents, input, invalid);
  const { region, accountId, caller } = request;
  const resource = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  const context = { ...callerContext(caller, deps.clock.now()), ...request.baseContext };
  deps.authorize({ caller, action: 'events:PutEvents', resource, resourceAccountId: accountId, context, region });
  const answers = Entries.map((entry) => putEntry(bus, region, entry));
  return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
};

const putEntry = (bus: EventBus, region: string, entry: z.infer<typeof Entry>): object => {
  const { Source, DetailType, Detail, Resources, EventBusName } = entry;
  if (Source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (EventBusName != null && !/^(default|arn:aws:events:.*:event-bus\/default)$/.test(EventBusName)) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${EventBusName} does not exist.` };
  }
  const detail = jsonOf(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const event = { source: Source, detailType: DetailType, detail, region, resources: Resources ?? [] };
  return { EventId: bus.putEvent(event) };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
