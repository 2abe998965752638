import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { days, systemClock } from '../core/time.ts';
import { type AddedStacks, createAddedStacks } from './added-stacks.ts';
import { createAdmission } from './aws/admission.ts';
import { createEndpoint } from './aws/endpoint.ts';
import type { Faults } from './aws/faults.ts';
import { createFaults, FaultRule } from './aws/faults.ts';
import type { RequestTally } from './aws/request-tally.ts';
import { createRequestTally } from './aws/request-tally.ts';
import type { PlatformClock } from './clock.ts';
import { createPlatformClock, requireReachable } from './clock.ts';
import { tellClockMoved } from './clock-moved.ts';
import type { ControlActions } from './control.ts';
import { createControl } from './control.ts';
import { createDestruction, type Destruction } from './destroy-stacks.ts';
import { openDoor } from './dynamodb/door/open-door.ts';
import { housekeeping } from './housekeeping.ts';
import { type JourneyDeps, travel } from './journey.ts';
import { listenOn, stopListening } from './listen.ts';
import type { PlatformOptions } from './platform-options.ts';
import { localAccountId } from './platform-options.ts';
import { setRegion, setReplication } from './region-control.ts';
import { Damage } from './s3/store/corrupt.ts';
import type { Services } from './services.ts';
import { createServices } from './services.ts';
import { platformStatus } from './status.ts';
import { openStore, readSetting, writeSetting } from './store.ts';
import { deployApp } from './template/deploy.ts';
import type { DeployedApp, DeployedStack } from './template/deployed-app.ts';

/** A running platform: the synthesized app, alive on this machine. */
export interface Platform extends AsyncDisposable {
  /** The one AWS endpoint. */
  readonly endpoint: string;
  /** The HTTP API of the template. */
  readonly api: string;
  /** Sign-in and tokens. */
  readonly issuer: string;
  readonly app: DeployedApp;
  /** What was deployed beside the app since. */
  readonly added: AddedStacks;
  /** Deletes the stacks as CloudFormation would. */
  readonly destruction: Destruction;
  readonly clock: PlatformClock;
  readonly services: Services;
  /** What is to go wrong with the requests of functions; nothing at first. */
  readonly faults: Faults;
  /** How often each function has asked for what. */
  readonly tally: RequestTally;
  /**
   * Moves the clock forward; daily work between the two instants runs in order, each day's at its own midnight. Throws a
   * RangeError for an instant that is past or more than twenty years off.
   */
  travelTo(instantMs: number): Promise<void>;
  /** Told after each move of the clock. */
  onClockMoved(listener: () => Promise<void>): void;
  /** Resolves once no message and no invocation is under way. */
  idle(): Promise<void>;
}

type Controlled = Pick<Platform, 'services' | 'clock' | 'faults' | 'tally' | 'travelTo' | 'added' | 'destruction'>;

const clockSetting = 'clock-offset-ms';
const housekeepingMs = 30_000;

/** Starts a platform: opens what it kept, listens, creates the template's resources, lets the queues flow. */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  await using stack = new AsyncDisposableStack();
  const db = stack.adopt(openStore(options.dataDir), (open) => open.close());
  const clock = createPlatformClock(Number(readSetting(db, clockSetting) ?? 0));
  let endpoint = '';
  let dynamoDbEndpoint = '';
  const services = createServices({
    ...{ options, db, clock },
    endpoint: () => endpoint,
    dynamoDbEndpoint: () => dynamoDbEndpoint,
  });
  stack.defer(() => stopServices(services));
  const listeners: (() => Promise<void>)[] = [];
  const keepHouse = serialized((how: { withAlarms?: boolean }) => housekeeping(services, clock, how));
  const travelTo = serialized(async (instantMs: number) => {
    requireReachable(instantMs, clock.now());
    const nextStop: JourneyDeps['nextStop'] = (untilMs, paceMs) => nextStopOf(services, clock, { untilMs, paceMs });
    await travel({ now: () => clock.now(), nextStop, arriveAt, stopAt }, instantMs);
    for (const listener of listeners) await listener();
  });
  const stopAt = async (instantMs: number, paceMs: number): Promise<void> => {
    clock.set(instantMs);
    // Before anything happens at that time: a platform that is killed on the way starts again no earlier.
    writeSetting(db, clockSetting, String(new Float64Array(clock.offset)[0] ?? 0));
    await tellClockMoved(services, paceMs);
    await settled(services, options);
  };
  const arriveAt = async (instantMs: number, paceMs: number): Promise<void> => {
    await stopAt(instantMs, paceMs);
    // A journey of months leaves out what is told every day; whoever waits for it would ring for nothing.
    await keepHouse({ withAlarms: paceMs <= days(1) });
    // A backup's end, for one, calls functions; they have their time before the clock moves on.
    await settled(services, options);
  };
  const faults = createFaults(options.random ?? Math.random);
  const tally = createRequestTally();
  const admit = createAdmission({ faults, tally, isDown: services.regions.isDown });
  const deploying = {
    providers: services.providers,
    accountId: localAccountId,
    defaultRegion: options.homeRegion,
    findSsmParameter: services.ssm.find,
    db,
  };
  let app: DeployedApp = { stacks: [], removed: [] };
  const added = createAddedStacks({ ...deploying, services, log: options.log, app: () => app.stacks });
  const destruction = createDestruction({ services, db, stacks: () => [...app.stacks, ...added.all()] });
  const server = createEndpoint({
    services: services.aws,
    lookup: services.credentials.lookup,
    callerOf: (accessKeyId) => callerOf(services, accessKeyId),
    clocks: { platform: clock, machine: systemClock },
    accountId: localAccountId,
    homeRegion: options.homeRegion,
    newId: randomUUID,
    control: createControl(
      services.credentials.admin.secretAccessKey,
      controlOf({ services, clock, faults, tally, travelTo, added, destruction }),
    ),
    admit,
    tell: (event) => void services.events.bus.putEvent(event),
    log: options.log,
  });
  stack.defer(() => stopListening(server));
  endpoint = `http://127.0.0.1:${await listenOn(server, options.ports.endpoint, 'The AWS endpoint')}`;
  const { dynamoDb, credentials } = services;
  const doorDeps = { dynamoDb, credentials, admit, clockOffset: clock.offset, accountId: localAccountId };
  const door = await openDoor({ ...doorDeps, log: options.log });
  stack.defer(() => door.close());
  dynamoDbEndpoint = door.url;
  const issuer = await services.identity.listen(options.ports.issuer);
  app = await deployApp({ ...deploying, assemblyDir: options.assemblyDir });
  await added.resume();
  await services.backup.run(clock.now());
  // From now on: else the first midnight would be taken for the beginning.
  services.s3.runLifecycle(clock.now());
  services.lambda.start();
  services.events.scheduler.start();
  const timer = setInterval(() => void keepHouse({}).catch(report(options)), housekeepingMs);
  stack.defer(() => clearInterval(timer));
  const running = stack.move();
  return {
    endpoint,
    issuer,
    api: services.httpApi.apis()[0]?.url ?? '',
    app,
    added,
    destruction,
    clock,
    services,
    faults,
    tally,
    travelTo,
    onClockMoved: (listener) => void listeners.push(listener),
    idle: () => services.lambda.idle(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};

const stopServices = async ({
  events,
  lambda,
  httpApi,
  identity,
  dynamoDb,
  s3,
  sqs,
  cloudWatch,
}: Services): Promise<void> => {
  events.scheduler.stop();
  await httpApi.stop();
  await lambda.close();
  await identity.stop();
  await dynamoDb.stop();
  cloudWatch.flush();
  sqs.close();
  s3.close();
};

/** When a schedule or a durable execution is due next before a milestone of a journey. */
const nextStopOf = (
  { events, lambda }: Services,
  clock: PlatformClock,
  { untilMs, paceMs }: { untilMs: number; paceMs: number },
): number | undefined => {
  const stops = [events.scheduler.nextMs(untilMs, paceMs), lambda.durable.nextMs(clock.now())];
  const next = Math.min(...stops.map((stop) => stop ?? Number.POSITIVE_INFINITY));
  return next <= untilMs ? next : undefined;
};

/** A function that hangs must not hold a journey for ever. */
const longestStopMs = 60_000;

const settled = async ({ lambda }: Services, { log }: PlatformOptions): Promise<void> => {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), longestStopMs);
  if ((await Promise.race([lambda.idle(), late.promise])) === 'late') {
    log('the clock moves on although functions are still running');
  }
  clearTimeout(timer);
};

const callerOf = ({ credentials }: Services, accessKeyId: string) => {
  const known = credentials.lookup(accessKeyId);
  if (known === undefined) throw new Error('An access key vanished between the check of its signature and its use.');
  return known.caller;
};

const controlOf = ({ services, clock, faults, tally, travelTo, added, destruction }: Controlled): ControlActions => ({
  now: () => clock.now(),
  travelTo,
  status: () => ({
    ...platformStatus(services, clock.now()),
    requests: tally.all(),
    added: added.all().map((stack) => toldOf(stack, services)),
  }),
  setFaults: (rules) => faults.set(z.array(FaultRule).parse(rules)),
  setRegion: (change) => setRegion(services, change),
  setReplication: (change) => setReplication(services, change),
  setStack: (change) => added.change(change),
  stacks: () => destruction.view(),
  destroy: () => destruction.run(),
  corrupt: (damage) => services.s3.corrupt(Damage.parse(damage)),
});

/** An API answers at an address of this machine, whatever the template says. */
const toldOf = ({ stackName, region, outputs, resources }: DeployedStack, { httpApi }: Services) => {
  const api = httpApi.apis().find(({ id }) => [...resources.values()].some(({ ref }) => ref === id));
  return { stackName, region, outputs: { ...Object.fromEntries(outputs), ...(api && { ApiUrl: api.url }) } };
};

/** One call after the other: two journeys at once would fight over the clock, two housekeepings over what each takes away. */
const serialized = <Of>(work: (of: Of) => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return (of: Of): Promise<void> => {
    const next = last.then(() => work(of));
    last = next.catch(() => {});
    return next;
  };
};

const report =
  ({ log }: PlatformOptions) =>
  (error: unknown): void =>
    log(`housekeeping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
