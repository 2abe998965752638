import type { Caller } from '../aws/caller.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { type FunctionReference, parseFunctionReference } from './function-config.ts';
import type { FunctionRegistry, ResolvedFunction } from './function-registry.ts';
import type { Invoker } from './invoker.ts';
import { functionNotFound } from './lambda-error.ts';
import { type QueueMapping, QueuePoller } from './queue-poller.ts';
import type { StreamMapping } from './stream-mapping.ts';
import { StreamPoller, type StreamPollerDeps } from './stream-poller.ts';

/** An event source mapping of either kind. */
export type Mapping = QueueMapping | StreamMapping;

export interface MappingsDeps {
  readonly sqs: Sqs;
  readonly invoker: Invoker;
  readonly functions: FunctionRegistry;
  readonly roleCaller: (roleArn: string) => Caller;
  readonly log: (line: string) => void;
  /** When this platform began. */
  readonly beganMs: number;
  /** What mappings of streams need; undefined: there are no tables. */
  readonly streams: Pick<StreamPollerDeps, 'streams' | 'checkpoints' | 'clock' | 'onMetric'> | undefined;
}

/** All event source mappings with their pollers. */
export interface Mappings {
  /** Adds or replaces a mapping. */
  put(mapping: Mapping): void;
  list(): readonly Mapping[];
  start(): void;
  stop(): Promise<void>;
  /** Waits for the batches under way. */
  idle(): Promise<void>;
  isQuiet(): boolean;
  /** To be called after each move of the platform's clock. */
  clockMoved(): void;
}

type Poller = QueuePoller | StreamPoller;

export const createMappings = (deps: MappingsDeps): Mappings => {
  const pollers = new Map<string, Poller>();
  let isStarted = false;
  const all = () => [...pollers.values()];
  return {
    put(mapping) {
      void pollers.get(mapping.uuid)?.stop();
      const resolve = () => deps.functions.resolve(referenceOf(mapping.functionArn));
      const poller = createPoller(deps, mapping, resolve);
      pollers.set(mapping.uuid, poller);
      if (isStarted) poller.start();
    },
    list: () => all().map(({ mapping }) => mapping),
    start() {
      isStarted = true;
      for (const poller of pollers.values()) poller.start();
    },
    async stop() {
      isStarted = false;
      await Promise.all(all().map((poller) => poller.stop()));
    },
    async idle() {
      await Promise.all(all().map((poller) => poller.idle()));
    },
    isQuiet: () => all().every((poller) => poller.isQuiet()),
    clockMoved() {
      for (const poller of all()) if (poller instanceof StreamPoller) poller.clockMoved();
    },
  };
};

const createPoller = (deps: MappingsDeps, mapping: Mapping, resolve: () => ResolvedFunction): Poller => {
  if ('queueArn' in mapping) return new QueuePoller({ ...deps, mapping, resolve });
  if (deps.streams === undefined) throw new Error(`There are no tables, and so no stream ${mapping.streamArn}.`);
  return new StreamPoller({ ...deps, ...deps.streams, mapping, resolve });
};

/** The function that a full ARN names; throws where it is none. */
export const referenceOf = (arn: string): FunctionReference => {
  const [, , , region = '', accountId = ''] = arn.split(':');
  const reference = parseFunctionReference(arn, { region, accountId });
  if (reference === undefined) throw functionNotFound(arn);
  return reference;
};
