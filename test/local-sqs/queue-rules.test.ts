import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQueueEngine, type QueueEngine } from '../../local/sqs/queue-engine.ts';
import type { Queue } from '../../local/sqs/queue-store.ts';
import { openStore } from '../../local/store.ts';

const address = { region: 'ap-south-1', accountId: '000000000000' };
const visibilityMs = 30_000;
const retentionMs = 600_000;

type Step =
  | { readonly kind: 'send'; readonly delayMs: number }
  | { readonly kind: 'receive'; readonly max: number }
  | { readonly kind: 'delete'; readonly handle: number }
  | { readonly kind: 'hide'; readonly handle: number; readonly ms: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('send' as const), delayMs: fc.constantFrom(0, 0, 0, 10_000) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), handle: fc.nat(50) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('hide' as const),
      handle: fc.nat(50),
      ms: fc.constantFrom(0, 5000, 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 10_000, 30_000, 45_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** What a queue must do, written down plainly: a list of messages and four sentences about it. */
class Model {
  readonly alive: {
    id: string;
    order: number;
    sentMs: number;
    visibleMs: number;
    receives: number;
    receive: number;
    where: 'main' | 'dead';
  }[] = [];
  readonly #maxReceiveCount: number;
  #order = 0;
  #receives = 0;

  constructor(maxReceiveCount: number) {
    this.#maxReceiveCount = maxReceiveCount;
  }

  send(id: string, now: number, delayMs: number): void {
    this.#order += 1;
    this.alive.push({
      id,
      order: this.#order,
      sentMs: now,
      visibleMs: now + delayMs,
      receives: 0,
      receive: 0,
      where: 'main',
    });
  }

  /** Visible ones in the order in which they became visible; whoever was received often enough dies instead. */
  receive(now: number, max: number): { id: string; count: number; receive: number }[] {
    this.expire(now);
    const taken: { id: string; count: number; receive: number }[] = [];
    const visible = this.alive.filter(({ where, visibleMs }) => where === 'main' && visibleMs <= now);
    for (const message of visible.sort((a, b) => a.visibleMs - b.visibleMs || a.order - b.order)) {
      if (taken.length === max) break;
      if (message.receives === this.#maxReceiveCount) {
        Object.assign(message, { where: 'dead', visibleMs: now, receive: 0 });
        continue;
      }
      this.#receives += 1;
      Object.assign(message, {
        receives: message.receives + 1,
        visibleMs: now + visibilityMs,
        receive: this.#receives,
      });
      taken.push({ id: message.id, count: message.receives, receive: this.#receives });
    }
    return taken;
  }

  ofReceive(receive: number) {
    return this.alive.find((message) => message.receive === receive);
  }

  delete(receive: number): void {
    const message = this.ofReceive(receive);
    if (message !== undefined) this.alive.splice(this.alive.indexOf(message), 1);
  }

  expire(now: number): void {
    for (const message of this.alive.filter(({ where, sentMs }) => where === 'main' && sentMs + retentionMs <= now)) {
      this.alive.splice(this.alive.indexOf(message), 1);
    }
  }
}

const open = (db: DatabaseSync, clock: { now(): number }) =>
  createQueueEngine({ db, clock, newId: randomUUID, accountId: address.accountId, authorize: () => {}, log: () => {} });

const queueNamed = (engine: QueueEngine, name: string): Queue => {
  const queue = engine.queues.find(`arn:aws:sqs:${address.region}:${address.accountId}:${name}`);
  if (queue === undefined) throw new Error(`no queue ${name}`);
  return queue;
};

const run = (steps: readonly Step[], maxReceiveCount: number): void => {
  const db = openStore(undefined);
  const clock = { at: 1_000_000_000_000, now: () => clock.at };
  let engine = open(db, clock);
  const dead = engine.queues.create({ ...address, name: 'dead' }, { MessageRetentionPeriod: '1209600' }, {});
  const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
  const attributes = { VisibilityTimeout: '30', MessageRetentionPeriod: '600', RedrivePolicy: redrive };
  engine.queues.create({ ...address, name: 'main' }, attributes, {});
  const model = new Model(maxReceiveCount);
  const handles: { handle: string; receive: number }[] = [];
  const pick = (n: number) => handles[n % Math.max(handles.length, 1)];

  for (const now of steps) {
    const main = queueNamed(engine, 'main');
    if (now.kind === 'send') {
      const message = { body: 'x', attributes: null, trace: null, sender: 's', delayMs: now.delayMs };
      model.send(engine.send(main, message), clock.at, now.delayMs);
    } else if (now.kind === 'receive') {
      const expected = model.receive(clock.at, now.max);
      const taken = engine.take(main, { max: now.max });
      expect(taken.map(({ row }) => ({ id: row.id, count: row.receives }))).toEqual(
        expected.map(({ id, count }) => ({ id, count })),
      );
      handles.push(
        ...taken.map(({ receiptHandle }, n) => ({ handle: receiptHandle, receive: expected[n]?.receive ?? 0 })),
      );
    } else if (now.kind === 'delete') {
      const chosen = pick(now.handle);
      if (chosen === undefined) continue;
      engine.remove(main, chosen.handle);
      model.delete(chosen.receive);
    } else if (now.kind === 'hide') {
      const chosen = pick(now.handle);
      const message = chosen && model.ofReceive(chosen.receive);
      if (chosen === undefined) continue;
      const change = () => engine.changeVisibility(main, chosen.handle, now.ms);
      if (message === undefined || message.visibleMs <= clock.at) expect(change).toThrow();
      else {
        change();
        message.visibleMs = clock.at + now.ms;
      }
    } else if (now.kind === 'advance') {
      clock.at += now.ms;
    } else {
      engine = open(db, clock);
    }
    model.expire(clock.at);
    expectSame(engine, model, clock.at);
  }
  db.close();
};

const expectSame = (engine: QueueEngine, model: Model, now: number): void => {
  const main = queueNamed(engine, 'main');
  engine.expire(main);
  const inMain = model.alive.filter(({ where }) => where === 'main');
  expect(engine.messages.counts(main.rowId, now)).toEqual({
    visible: inMain.filter(({ visibleMs }) => visibleMs <= now).length,
    inFlight: inMain.filter(({ visibleMs, receive }) => visibleMs > now && receive > 0).length,
    delayed: inMain.filter(({ visibleMs, receive }) => visibleMs > now && receive === 0).length,
  });
  const dead = engine.messages.counts(queueNamed(engine, 'dead').rowId, now);
  expect(dead.visible).toBe(model.alive.length - inMain.length);
};

describe('a queue loses nothing and gives nothing too often', () => {
  it('over any history of sends, receives, deletes, changes, waits and restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, maxReceiveCount) =>
        run(steps, maxReceiveCount),
      ),
      { numRuns: 400 },
    );
  });

  it('wakes a waiting consumer for each message, however it becomes visible', async () => {
    const clock = { at: 1_000_000_000_000, now: () => clock.at };
    const engine = open(openStore(undefined), clock);
    const queue = engine.queues.create({ ...address, name: 'main' }, {}, {});
    const seen: string[] = [];
    const stop = engine.wakeups.listen(queue.arn, () => {
      for (const { row } of engine.take(queue, { max: 10 })) seen.push(`${row.body} ${row.receives}`);
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const message = { attributes: null, trace: null, sender: 's' };

    engine.send(queue, { ...message, body: 'now' });
    engine.send(queue, { ...message, body: 'later', delayMs: 10_000 });
    await turn();
    clock.at += 30_000;
    engine.wakeups.wakeAll();
    await turn();
    stop();

    expect(seen).toEqual(['now 1', 'later 1', 'now 2']);
  });
});
