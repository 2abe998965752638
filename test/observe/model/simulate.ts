import { hintOf, joinTasks, targetOf } from '../../../core/observe/hints.ts';
import type { Hint, ObserveTarget } from '../../../core/observe/observe.ts';
import type { ObserveDeps } from '../../../core/observe/ports.ts';
import { disagreements } from './agreement.ts';
import { type Random, randomOf } from './random.ts';
import { portsOf, startWorker, type Worker } from './workers.ts';
import { assets, changeSomething, createWorld, locate, type ModelEvent, tenant, type World } from './world.ts';

/** Brings the catalog into agreement with the vault about one asset, rightly or not. */
export type Protocol = (target: ObserveTarget, hint: Hint, deps: ObserveDeps) => Promise<unknown>;

interface Message {
  readonly event: ModelEvent;
  inFlight: number;
}

/** What a worker works on, and how eager it is: the others stand still for long stretches, which is where errors hide. */
interface Assignment {
  readonly messages: ReadonlySet<Message>;
  readonly eagerness: number;
}

interface Schedule {
  readonly world: World;
  readonly random: Random;
  readonly protocol: Protocol;
  readonly queue: Set<Message>;
  readonly workers: Map<Worker, Assignment>;
  readonly maxWorkers: number;
  readonly narrow: boolean;
  readonly duplication: number;
  changesLeft: number;
  faultsLeft: number;
  steps: number;
}

const maxSteps = 20_000;

/**
 * Lives through one history that the seed determines: changes of the vault, their events duplicated, delayed and in any
 * order, several workers that stand still between any two calls, calls that fail or lose their answer, workers that die.
 * Answers with what the catalog says wrongly once everything is quiet: nothing, if the protocol is right.
 */
export const simulate = async (seed: number, protocol: Protocol): Promise<readonly string[]> => {
  const random = randomOf(seed);
  const schedule: Schedule = {
    world: createWorld(random),
    random,
    protocol,
    queue: new Set(),
    workers: new Map(),
    maxWorkers: 1 + random.below(3),
    narrow: random.chance(0.4),
    duplication: random.pick([0, 0.3, 0.6]),
    changesLeft: 1 + random.below(random.chance(0.7) ? 4 : 8),
    faultsLeft: random.below(4),
    steps: 0,
  };
  while (schedule.changesLeft > 0 || schedule.queue.size > 0 || schedule.workers.size > 0) {
    if (schedule.steps++ > maxSteps) return ['It does not come to rest.'];
    schedule.world.clock.tick();
    // Most steps wait for nothing, and a hundred thousand schedules have millions of them.
    const step = takeStep(schedule);
    if (step !== undefined) await step;
  }
  return disagreements(schedule.world);
};

const takeStep = (schedule: Schedule): Promise<void> | undefined => {
  const { random, workers, maxWorkers } = schedule;
  const dice = random.below(10);
  if (dice === 0 && schedule.changesLeft > 0) return change(schedule);
  if (dice === 1) return expireTombstones(schedule);
  if (dice < 4 && workers.size < maxWorkers && schedule.queue.size > 0) return receive(schedule);
  if (workers.size > 0) return stepWorker(schedule, nextWorker(schedule));
  if (schedule.queue.size > 0 && random.chance(0.7)) return receive(schedule);
  return schedule.changesLeft > 0 ? change(schedule) : undefined;
};

const nextWorker = ({ workers, random }: Schedule): Worker => {
  if (workers.size === 1 || random.chance(0.15)) return random.pick([...workers.keys()]);
  let next: Worker | undefined;
  let most = -1;
  for (const [worker, { eagerness }] of workers) {
    if (eagerness <= most) continue;
    most = eagerness;
    next = worker;
  }
  if (next === undefined) throw new RangeError('There is no worker.');
  return next;
};

const change = (schedule: Schedule): undefined => {
  const { world, queue, random, duplication } = schedule;
  const event = changeSomething(world);
  if (event === undefined) return undefined;
  schedule.changesLeft--;
  queue.add({ event, inFlight: 0 });
  if (random.chance(duplication)) queue.add({ event, inFlight: 0 });
  return undefined;
};

/** The table forgets a tombstone long after its write: never while somebody works who may not have seen it. */
const expireTombstones = ({ world, workers }: Schedule): undefined => {
  let oldestStart = Number.POSITIVE_INFINITY;
  for (const { startedAt } of workers.keys()) oldestStart = Math.min(oldestStart, startedAt);
  for (const { assetId } of assets) {
    const row = world.table.readAsset(tenant, assetId);
    if (row?.expiresAt !== undefined && world.table.writtenAt(row) < oldestStart) world.table.expire(row);
  }
  return undefined;
};

/** A worker takes up to three messages, now and then one that another still works on. */
const receive = async (schedule: Schedule): Promise<void> => {
  const { random, queue, world } = schedule;
  const visible = [...queue].filter(({ inFlight }) => inFlight === 0 || random.chance(schedule.duplication / 4));
  if (visible.length === 0) return;
  const taken = new Set<Message>();
  for (let count = random.chance(0.7) ? 1 : 3; count > 0; count--) taken.add(random.pick(visible));
  for (const message of taken) message.inFlight++;
  const worker = await startWorker(world.clock.now(), async (call) => {
    const failed = await workOff([...taken], portsOf(world, call, schedule.narrow), schedule.protocol);
    await call(() => {
      for (const message of taken) if (!failed.has(message)) queue.delete(message);
    });
  });
  schedule.workers.set(worker, { messages: taken, eagerness: random.below(1000) });
  leaveIfDone(schedule, worker);
};

const workOff = async (messages: Message[], deps: ObserveDeps, protocol: Protocol): Promise<Set<Message>> => {
  const failed = new Set<Message>();
  const tasks = messages.flatMap((message) => {
    const target = targetOf(message.event.key, locate);
    return typeof target === 'string' ? [] : [{ target, hint: hintOf(message.event), sources: [message] }];
  });
  for (const { target, hint, sources } of joinTasks(tasks)) {
    try {
      await protocol(target, hint, deps);
    } catch {
      for (const message of sources) failed.add(message);
    }
  }
  return failed;
};

/** A worker dies before or after its call, or its call fails, or it goes on. */
const stepWorker = async (schedule: Schedule, worker: Worker): Promise<void> => {
  const { random } = schedule;
  const fault = schedule.faultsLeft > 0 && random.chance(0.1) ? random.pick(faults) : undefined;
  if (fault !== undefined) schedule.faultsLeft--;
  if (fault !== 'dies-before') await worker.step(fault === 'not-made' || fault === 'answer-lost' ? fault : 'normal');
  if (fault === 'dies-before' || fault === 'dies-after') leave(schedule, worker);
  else leaveIfDone(schedule, worker);
};

const faults = ['not-made', 'answer-lost', 'dies-before', 'dies-after'] as const;

const leaveIfDone = (schedule: Schedule, worker: Worker): void => {
  if (!worker.isRunning()) leave(schedule, worker);
};

/** What it has not deleted is visible again. */
const leave = ({ workers }: Schedule, worker: Worker): void => {
  for (const message of workers.get(worker)?.messages ?? []) message.inFlight--;
  workers.delete(worker);
};
