import type { Caller, RequestContext } from '../aws/caller.ts';
import { callerContext, type ServiceSource, serviceCaller, serviceContext } from '../aws/caller-context.ts';
import type { AwsService } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import type { StreamSource } from '../dynamodb/stream-source.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { Credentials } from '../sts/credentials.ts';
import { type AsyncOutcome, type Destinations, tellDestinations } from './async-destinations.ts';
import { AsyncInvocations, type AsyncSettings, defaultAsyncSettings } from './async-invocations.ts';
import type { ConcurrencyLimits } from './concurrency.ts';
import { DurableExecutions } from './durable/durable-executions.ts';
import { createExecutionNews, type ServiceEvent } from './durable/execution-news.ts';
import { parseFunctionReference } from './function-config.ts';
import { createFunctionRegistry, type FunctionRegistry } from './function-registry.ts';
import { createInvokeAccess, type InvokeAccess } from './invoke-access.ts';
import { Invoker, type LogLine, type PlatformMetric } from './invoker.ts';
import { functionNotFound, invalidContent, requestTooLarge } from './lambda-error.ts';
import { createMappings, type Mapping, type Mappings, referenceOf } from './mappings.ts';
import { maxPayloadBytes } from './payload-limits.ts';
import { lambdaRestApi } from './rest-api.ts';
import { createStreamCheckpoints } from './stream-checkpoints.ts';

export interface LambdaDeps extends ServiceDeps {
  readonly sqs: Sqs;
  /** The streams of tables. @default there are none */
  readonly streams?: StreamSource;
  readonly credentials: Credentials;
  /** The one endpoint's URL without a slash at its end; functions get it as AWS_ENDPOINT_URL. */
  readonly endpoint: () => string;
  /** Where functions find DynamoDB. @default the one endpoint */
  readonly dynamoDbEndpoint?: () => string;
  /** One Float64 that the platform's clock moves: milliseconds ahead of the machine. */
  readonly clockOffset: SharedArrayBuffer;
  /** Every line that functions write, EMF documents among them. */
  readonly onLog: (line: LogLine) => void;
  readonly onMetric: (metric: PlatformMetric) => void;
  /** What Lambda tells EventBridge. @default nobody listens */
  readonly onEvent?: (event: ServiceEvent) => void;
  /** @default ten executions in the account, as a new AWS account has */
  readonly limits?: ConcurrencyLimits;
  /** Where compiled code of functions is kept; a cold start takes a third less time. @default nowhere */
  readonly cacheDir?: string;
  /** @default one minute */
  readonly containerIdleMs?: number;
}

/** Who asks for an invocation. */
export interface Requester {
  readonly caller: Caller;
  readonly context: RequestContext;
}

/** Lambda in the platform: runs the bundles of the template in worker threads. */
export interface Lambda extends AwsService {
  readonly functions: FunctionRegistry;
  readonly invoker: Invoker;
  readonly events: AsyncInvocations;
  readonly durable: DurableExecutions;
  /** Accepts an asynchronous invocation for another service, with its own rights or those of a role. */
  accept(functionArn: string, payload: unknown, requester: Requester): void;
  /** Invokes for another service, such as an API; throws AccessDeniedException without a permission for it. */
  invoke(
    functionArn: string,
    payload: unknown,
    source: ServiceSource,
  ): Promise<{ readonly payload: unknown; readonly functionError?: string }>;
  /** Adds or replaces a mapping; it receives once {@link start} was called. */
  putMapping(mapping: Mapping): void;
  mappings(): readonly Mapping[];
  putAsyncSettings(invokedArn: string, settings: AsyncSettings & Destinations): void;
  /** A session of a function's role, to check its rights or to act with them. */
  roleCaller(roleArn: string): Caller;
  /** Lets mappings and asynchronous events run: to be called when the endpoint listens and the template is created. */
  start(): void;
  /** To be called after each move of the platform's clock. */
  clockMoved(): void;
  /** To be called when a region has come back: what has waited runs. */
  resume(): void;
  /** Waits until no batch, event or invocation is under way or due; messages that are hidden may still be in the queues. */
  idle(): Promise<void>;
  /** Receives and starts nothing more from queues and waits for what runs. */
  drain(): Promise<void>;
  /** Ends all threads; what runs is cut off and comes back by the queues' visibility timeouts. */
  close(): Promise<void>;
}

export const createLambda = (deps: LambdaDeps): Lambda => {
  const { credentials, sqs, clock, log } = deps;
  const functions = createFunctionRegistry(deps.db);
  const asyncSettings = new Map<string, AsyncSettings & Destinations>();
  const roleCaller = (roleArn: string): Caller => credentials.roles.sessionCaller(roleArn, 'lambda');
  const invoker = new Invoker({
    ...deps,
    limits: deps.limits ?? { account: 10 },
    idleMs: deps.containerIdleMs ?? 60_000,
    credentialsFor: (roleArn, sessionName) => credentials.credentialsFor(roleArn, sessionName),
  });
  const mappings = createMappings({
    ...{ sqs, invoker, functions, roleCaller, log, beganMs: clock.now() },
    streams: deps.streams && {
      ...{ streams: deps.streams, checkpoints: createStreamCheckpoints(deps.db), clock, onMetric: deps.onMetric },
    },
  });
  const events = new AsyncInvocations({
    ...deps,
    invoker,
    resolve: (arn, qualifier) => functions.resolve({ arn, ...(qualifier !== undefined && { qualifier }) }),
    settingsOf: (arn) => asyncSettings.get(arn) ?? defaultAsyncSettings,
    onOutcome: (outcome) =>
      tellOutcome({ ...deps, roleCaller }, asyncSettings.get(outcome.target.invokedArn) ?? {}, outcome),
  });
  const access = createInvokeAccess(deps.authorize);
  const durable = createDurable(deps, { functions, invoker, access, roleCaller });
  const parts = { deps, functions, invoker, events, durable, access };
  return {
    ...lambdaRestApi({ ...parts, mappings: () => mappings.list() }),
    ...lifecycle({ invoker, events, mappings, durable }),
    functions,
    invoker,
    events,
    durable,
    accept: (arn, payload, requester) => acceptFor(parts, { arn, payload, requester }),
    invoke: (arn, payload, source) => invokeFor({ deps, functions, invoker, access }, { arn, payload, source }),
    putMapping: (mapping) => mappings.put(mapping),
    mappings: () => mappings.list(),
    putAsyncSettings: (arn, settings) => void asyncSettings.set(arn, settings),
    roleCaller,
  };
};

interface DurableParts {
  readonly functions: FunctionRegistry;
  readonly invoker: Invoker;
  readonly access: InvokeAccess;
  readonly roleCaller: (roleArn: string) => Caller;
}

const createDurable = (
  deps: LambdaDeps,
  { functions, invoker, access, roleCaller }: DurableParts,
): DurableExecutions => {
  const { sqs, clock, log, onMetric, onEvent = () => {} } = deps;
  const durable: DurableExecutions = new DurableExecutions({
    ...deps,
    invoke: (invocation) => invoker.invoke(invocation),
    resolve: (name, { region, accountId }) => {
      const reference = parseFunctionReference(name, { region, accountId });
      if (reference === undefined) throw functionNotFound(name);
      return functions.resolve(reference);
    },
    isHalted: (arn) => {
      const config = functions.find(arn);
      return config !== undefined && invoker.concurrency.isHalted(config);
    },
    mayInvoke: (config, target) => {
      const caller = roleCaller(config.roleArn);
      access({ caller, context: callerContext(caller, clock.now()) }, target);
    },
    onChanged: createExecutionNews({
      ...{ sqs, roleCaller, onMetric, onEvent, log },
      now: () => clock.now(),
      running: (arn) => durable.store.running().filter(({ functionArn }) => functionArn === arn).length,
    }),
  });
  return durable;
};

/** A destination that cannot be told must not undo what the function did. */
const tellOutcome = (
  { sqs, roleCaller, clock, log }: LambdaDeps & Pick<Lambda, 'roleCaller'>,
  destinations: Destinations,
  outcome: AsyncOutcome,
): void => {
  try {
    tellDestinations({ sqs, roleCaller, now: () => clock.now() }, destinations, outcome);
  } catch (error) {
    log(`lambda: the end of event ${outcome.event.id} could not be delivered: ${String(error)}`);
  }
};

interface LifecycleParts {
  readonly invoker: Invoker;
  readonly events: AsyncInvocations;
  readonly mappings: Mappings;
  readonly durable: DurableExecutions;
}

const lifecycle = ({ invoker, events, mappings, durable }: LifecycleParts) => ({
  start(): void {
    events.start();
    durable.start();
    mappings.start();
  },
  clockMoved(): void {
    events.pump();
    durable.pump();
    mappings.clockMoved();
  },
  resume(): void {
    invoker.concurrency.resume();
    events.pump();
    durable.pump();
  },
  async idle(): Promise<void> {
    do {
      await mappings.idle();
      await invoker.idle();
      await new Promise((resolve) => setImmediate(resolve));
    } while (!events.isQuiet() || !durable.isQuiet() || !mappings.isQuiet());
  },
  async drain(): Promise<void> {
    await Promise.all([mappings.stop(), events.stop(), durable.stopAll()]);
    await invoker.idle();
  },
  async close(): Promise<void> {
    const stopped = Promise.all([mappings.stop(), events.stop(), durable.stopAll()]);
    await invoker.close();
    await stopped;
  },
});

interface InvokeParts {
  readonly deps: LambdaDeps;
  readonly functions: FunctionRegistry;
  readonly invoker: Invoker;
  readonly access: InvokeAccess;
}

/** A durable function begins an execution, any other gets an event. */
const acceptFor = (
  { functions, events, durable, access }: InvokeParts & { events: AsyncInvocations; durable: DurableExecutions },
  { arn, payload, requester }: { arn: string; payload: unknown; requester: Requester },
): void => {
  const reference = referenceOf(arn);
  const target = functions.resolve(reference);
  access(requester, target);
  const text = JSON.stringify(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxPayloadBytes.async) throw requestTooLarge(bytes, maxPayloadBytes.async);
  if (target.config.durable === undefined) events.accept(reference.arn, reference.qualifier, text);
  else durable.begin({ target, payload: text, isAsync: true });
};

const invokeFor = async (
  { deps, functions, invoker, access }: InvokeParts,
  { arn, payload, source }: { arn: string; payload: unknown; source: ServiceSource },
) => {
  const target = functions.resolve(referenceOf(arn));
  access({ caller: serviceCaller(source), context: serviceContext(source, deps.clock.now()) }, target);
  const text = JSON.stringify(payload);
  if (text === undefined) throw invalidContent('The payload cannot be written as JSON.');
  const bytes = Buffer.byteLength(text);
  if (bytes > maxPayloadBytes.sync) throw requestTooLarge(bytes, maxPayloadBytes.sync);
  const result = await invoker.invoke({ config: target.config, invokedFunctionArn: target.invokedArn, payload: text });
  const answer: unknown = JSON.parse(result.payload);
  return { payload: answer, ...(result.functionError !== undefined && { functionError: result.functionError }) };
};
