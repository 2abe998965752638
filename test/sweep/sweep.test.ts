import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, utcDay } from '../../core/time.ts';
import { reevaluatePage } from '../../lambdas/sweep/reevaluate-page.ts';
import { SweepWorld, startTime } from './sweep-world.ts';
import { snapshot, sweepDue, sweepRules, today } from './sweeping.ts';

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
    await sweepRules(world);

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

    const tally = await sweepRules(world);

    expect(world.expired).toEqual([world.key(missed)]);
    expect(tally).toMatchObject({ lookedAt: 1, deleted: 1, overdue: 1 });
    expect(world.daysOf(held)).toEqual([]);
  });

  it('is nothing where sweeps ran', async () => {
    const world = new SweepWorld();
    for (let index = 0; index < 20; index++) world.store({ ...snapshot, age: 29 + index / 10 });
    await sweepDue(world);
    world.observe();

    expect(await sweepRules(world)).toMatchObject({ deleted: 0, overdue: 0 });
  });
});
