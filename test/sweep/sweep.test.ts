import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDataClass } from '../../config/data-classes.ts';
import { decide } from '../../core/retention/decide.ts';
import { inputsOf } from '../../core/retention/inputs-of.ts';
import { days, utcDay } from '../../core/time.ts';
import { type DueCursor, duePage } from '../../lambdas/sweep/due-page.ts';
import { keepHolds } from '../../lambdas/sweep/keep-holds.ts';
import { overduePage } from '../../lambdas/sweep/overdue-page.ts';
import { purgeAsset } from '../../lambdas/sweep/purge-job.ts';
import { reevaluatePage } from '../../lambdas/sweep/reevaluate-page.ts';
import { type RulesCursor, rulesPage } from '../../lambdas/sweep/rules-page.ts';
import { addTallies, nothingSwept, type SweepTally } from '../../lambdas/sweep/tally.ts';
import { temporaryPage } from '../../lambdas/sweep/temporary-page.ts';
import { SweepWorld, startTime } from './sweep-world.ts';

const today = utcDay(startTime);
const period = { from: utcDay(startTime - days(3)), to: today };

/** Pages until none follows; each page may be done twice, as after a crash. */
const allPages = async <Cursor>(
  from: Cursor,
  page: (cursor: Cursor) => Promise<{ tally: SweepTally; next: Cursor | undefined }>,
  twice = false,
): Promise<SweepTally> => {
  let sum = nothingSwept;
  for (let at: Cursor | undefined = from; at !== undefined; ) {
    if (twice) await page(at).catch(() => undefined);
    const { tally, next } = await page(at);
    sum = addTallies(sum, tally);
    at = next;
  }
  return sum;
};
const sweepDue = (world: SweepWorld, twice = false) =>
  allPages<DueCursor>({ day: period.from, shard: 0 }, (cursor) => duePage(cursor, period, world.deps), twice);
const window = { from: Date.parse(period.from), to: startTime };
const sweepRules = (world: SweepWorld) =>
  allPages<RulesCursor>({ rule: 0 }, (cursor) => rulesPage(cursor, window, world.deps));
const sweepOverdue = (world: SweepWorld) =>
  allPages<RulesCursor>({ rule: 0 }, (cursor) => overduePage(cursor, world.deps));
const snapshot = { dataClass: 'face-snapshot' };

describe('the daily sweep', () => {
  it('deletes what is due, and nothing else', async () => {
    const world = new SweepWorld();
    const due = world.store({ ...snapshot, age: 30.5 });
    world.store({ ...snapshot, age: 29 });
    world.store({ age: 1000 });

    const tally = await sweepDue(world);

    expect(world.expired).toEqual([world.key(due)]);
    expect(tally).toMatchObject({ deleted: 1, bytes: 1000, held: 0 });
    expect(world.daysOf(due)).toEqual([]);
  });

  it('catches up on days that were missed, over all shards and tenants', async () => {
    const world = new SweepWorld();
    world.tenants.push('globex');
    const ids = Array.from({ length: 40 }, (_, index) =>
      world.store({ ...snapshot, tenant: index % 2 ? 'acme' : 'globex', age: 30 + (index % 4) }),
    );

    const tally = await sweepDue(world);

    expect(world.expired.toSorted()).toEqual(ids.map((id) => world.key(id)).toSorted());
    expect(tally).toMatchObject({ lookedAt: 40, deleted: 40, bytes: 40_000 });
  });

  it('keeps what a hold covers by itself, its case or its subject, and looks again in another month', async () => {
    const world = new SweepWorld();
    const ids = [
      world.store({ ...snapshot, age: 31, assetId: '01JZ8K2M4N6P8Q0R2S4T6V8W0X' }),
      world.store({ ...snapshot, age: 31, case: 'c-1' }),
      world.store({ ...snapshot, age: 31, subject: 's-1' }),
    ];
    world.hold('asset', '01JZ8K2M4N6P8Q0R2S4T6V8W0X');
    world.hold('case', 'c-1');
    world.hold('subject', 's-1', startTime - days(6));

    const tally = await sweepDue(world);

    expect([world.expired, tally.held]).toEqual([[], 3]);
    for (const id of ids) {
      expect(world.daysOf(id)).toHaveLength(1);
      expect(world.daysOf(id)[0]?.localeCompare(today)).toBe(1);
    }
    expect(world.daysOf(ids[2] ?? '')).toEqual([utcDay(startTime + days(1))]);
  });

  it('sees a hold that is placed while it is at work', async () => {
    const world = new SweepWorld();
    world.store({ ...snapshot, age: 31, subject: 's-1' });
    world.before = (call) => {
      if (call === 'holdsOf' && world.holds.length === 0) world.hold('subject', 's-1');
    };

    await sweepDue(world);

    expect(world.expired).toEqual([]);
  });

  it('waits for the floor of the law and for an open case', async () => {
    const world = new SweepWorld();
    const floored = world.store({ ...snapshot, age: 31 });
    const open = world.store({ dataClass: 'user-file', age: 31, case: 'c-1' });
    world.statutes['face-snapshot'] = { floor: days(40) };
    world.cases.set('c-1', 'active');
    world.rule(days(30));

    await sweepDue(world);
    await sweepRules(world);

    expect(world.expired).toEqual([]);
    expect(world.daysOf(floored)).toEqual([utcDay(startTime + days(9))]);
    expect(world.daysOf(open)).toEqual([]);
  });

  it('comes to the same end however often a page is repeated or crashes', async () => {
    const build = (): SweepWorld => {
      const world = new SweepWorld();
      for (let index = 0; index < 30; index++) world.store({ ...snapshot, age: 28 + (index % 5) });
      world.hold('subject', 'speaker-1', startTime - days(30));
      return world;
    };
    const once = build();
    await sweepDue(once);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('put', 'remove', 'expire'),
        async (nth, where) => {
          const world = build();
          let calls = 0;
          world.before = (call) => {
            if (call === where && ++calls === nth) throw new Error('crash');
          };
          await sweepDue(world, true).catch(() => sweepDue(world));

          expect(world.expired.toSorted()).toEqual(once.expired.toSorted());
          expect([...world.due.keys()].toSorted()).toEqual([...once.due.keys()].toSorted());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('removes the rows of what is gone or deleted', async () => {
    const world = new SweepWorld();
    const [gone, deleted] = [
      world.store({ ...snapshot, age: 31 }),
      world.store({ ...snapshot, age: 31, state: 'deleted' }),
    ];
    world.assets.delete(gone);

    expect(await sweepDue(world)).toMatchObject({ gone: 2, deleted: 0 });
    expect([...world.daysOf(gone), ...world.daysOf(deleted)]).toEqual([]);
  });

  it('takes what is in a pack out of it', async () => {
    const world = new SweepWorld();
    const pack = { packId: 'p', key: 'packs/p', versionId: 'v', offset: 0, storedBytes: 10 };
    const packed = world.store({ ...snapshot, age: 31, detail: { key: 'k', pack } });

    await sweepDue(world);

    expect(world.unpacked).toEqual([packed]);
  });
});

describe('what tenants and users say', () => {
  it('ends what they uploaded on the day on which it is over, though no row names it', async () => {
    const world = new SweepWorld();
    const due = world.store({ age: 20.5, uploader: 'ann' });
    const others = world.store({ age: 20.5, uploader: 'ben' });
    world.rule(days(20), 'user-file', 'ann');
    world.rule(days(21));

    await sweepRules(world);
    world.now += days(1);
    await allPages<RulesCursor>({ rule: 0 }, (cursor) =>
      rulesPage(cursor, { from: window.to, to: world.now }, world.deps),
    );

    expect(world.expired).toEqual([world.key(due), world.key(others)]);
  });

  it('gives what is there its new day when a rule is set, and deletes nothing by that', async () => {
    const world = new SweepWorld();
    const [over, later] = [world.store({ age: 50 }), world.store({ age: 10 })];
    const other = world.store({ age: 50, dataClass: 'raw-text' });
    world.rule(days(20));

    const { tally } = await reevaluatePage('acme', { class: 'user-file' }, undefined, world.deps);

    expect(tally).toEqual({ lookedAt: 2, moved: 2 });
    expect([world.daysOf(over), world.daysOf(later), world.daysOf(other)]).toEqual([
      [today],
      [utcDay(startTime + days(10))],
      [],
    ]);
    expect(world.expired).toEqual([]);
  });
});

describe('what was missed', () => {
  it('is found and counted two days later, and what is held is passed over', async () => {
    const world = new SweepWorld();
    const missed = world.store({ ...snapshot, age: 33, subject: 's-2' });
    const held = world.store({ ...snapshot, age: 400, subject: 's-1' });
    world.due.clear();
    world.hold('subject', 's-1');

    const tally = await sweepOverdue(world);

    expect(world.expired).toEqual([world.key(missed)]);
    expect(tally).toMatchObject({ lookedAt: 1, deleted: 1 });
    expect(world.daysOf(held)).toEqual([]);
  });

  it('is nothing where sweeps ran', async () => {
    const world = new SweepWorld();
    for (let index = 0; index < 20; index++) world.store({ ...snapshot, age: 29 + index / 10 });
    await sweepDue(world);
    world.observe();

    expect(await sweepOverdue(world)).toMatchObject({ deleted: 0 });
  });
});

describe('temporary data', () => {
  const removal = (world: SweepWorld) => temporaryPage({ list: 0 }, world.deps);

  it('goes by version after a day, deleted or not, unless a hold keeps it', async () => {
    const world = new SweepWorld();
    const temp = { dataClass: 'temp' };
    const ids = [world.store({ ...temp, age: 1.01 }), world.store({ ...temp, age: 1.01, state: 'deleted' })];
    world.store({ ...temp, age: 0.9 });
    world.store({ ...temp, age: 1.5, subject: 's-1' });
    world.store({ ...snapshot, age: 400 });
    world.hold('subject', 's-1');

    const { tally } = await removal(world);

    expect(world.purged).toEqual(ids.map((id) => world.key(id)));
    expect(tally.versions).toBe(2);
  });
});

describe('a purge', () => {
  it('removes a deleted asset, and refuses one that came back or that a hold placed meanwhile keeps', async () => {
    const world = new SweepWorld();
    const [deleted, back, held] = [
      world.store({ age: 1, state: 'deleted' }),
      world.store({ age: 1 }),
      world.store({ age: 1, state: 'deleted', subject: 's-1' }),
    ];
    world.hold('subject', 's-1');

    await purgeAsset('acme', deleted, world.deps);

    expect(world.purged).toEqual([world.key(deleted)]);
    await expect(purgeAsset('acme', back, world.deps)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(purgeAsset('acme', held, world.deps)).rejects.toThrow(/until its hold is released/);
    expect(world.purged).toHaveLength(1);
  });
});

describe('the upkeep of holds', () => {
  it('lays each on what came since, lifts those whose grace is over, and does neither twice in an hour', async () => {
    const world = new SweepWorld();
    const inForce = world.hold('case', 'c-1');
    const covered = world.hold('subject', 's-7');
    world.store({ dataClass: 'case-audio', case: 'c-1', age: 1 });
    world.store({ age: 1, subject: 's-7', detail: { legalHold: true } });
    world.store({ age: 5, subject: 's-7' });
    const released = world.hold('case', 'c-2', startTime - days(8));
    const inGrace = world.hold('asset', '01JZ8K2M4N6P8Q0R2S4T6V8W0X', startTime - days(6));
    const deps = { ...world.deps, jobs: { start: async (job: object) => void started.push(job) as never } };
    const started: object[] = [];

    const counts = await keepHolds({ jobId: 'sweep-2026-06-01T02', everything: false }, deps);
    await keepHolds({ jobId: 'sweep-2026-06-01T02', everything: false }, deps);

    expect(counts).toEqual({ kept: 1, lifted: 1 });
    expect(started.slice(0, 2)).toMatchObject([
      { job: 'hold', input: { action: 'keep', holdId: inForce.summary.holdId, since: startTime - days(2) } },
      { job: 'hold', input: { action: 'lift', holdId: released.summary.holdId } },
    ]);
    expect(started.slice(2)).toEqual(started.slice(0, 2));
    for (const { summary } of [inGrace, covered]) expect(JSON.stringify(started)).not.toContain(summary.holdId);
  });

  it('looks once a day at everything that is held', async () => {
    const world = new SweepWorld();
    world.hold('subject', 's-7');
    world.hold('asset', '01JZ8K2M4N6P8Q0R2S4T6V8W0X', startTime - days(6));
    const started: object[] = [];
    const deps = { ...world.deps, jobs: { start: async (job: object) => void started.push(job) as never } };

    await keepHolds({ jobId: 'sweep-2026-06-01', everything: true }, deps);

    expect(started).toMatchObject([{ input: { action: 'keep' } }, { input: { action: 'keep' } }]);
    expect(JSON.stringify(started)).not.toContain('since');
  });
});

describe('the sweep and the decision', () => {
  it('agree for any mixture of ages, holds and rules', async () => {
    const wishes = fc.array(
      fc.record({ age: fc.integer({ min: 0, max: 45 }), subject: fc.constantFrom('s-1', 's-2') }),
      {
        maxLength: 25,
      },
    );
    await fc.assert(
      fc.asyncProperty(wishes, fc.option(fc.integer({ min: 0, max: 12 })), async (assets, releasedDays) => {
        const world = new SweepWorld();
        const ids = assets.map((wish) => world.store({ ...snapshot, ...wish }));
        const hold =
          releasedDays === null
            ? world.hold('subject', 's-1')
            : world.hold('subject', 's-1', startTime - days(releasedDays));

        await sweepDue(world);
        await sweepRules(world);
        await sweepOverdue(world);

        for (const id of ids) {
          const row = world.assets.get(id);
          if (row === undefined) continue;
          const holds = row.summary.subject === 's-1' ? [hold] : [];
          const classRule = findDataClass('face-snapshot')?.retention;
          const facts = { classRule, statute: undefined, rules: [], holds, caseStatus: undefined };
          const isDue = decide(inputsOf(row.summary, row.detail, facts), startTime).state === 'due';
          // What a hold kept when it came due waits for the row that the end of the hold puts.
          if (!isDue || holds.length === 0) expect(world.expired.includes(world.key(id))).toBe(isDue);
        }
      }),
      { numRuns: 40 },
    );
  });
});
