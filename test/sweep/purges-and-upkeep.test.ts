import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDataClass } from '../../config/data-classes.ts';
import { factsKey } from '../../core/key-layout.ts';
import { decide } from '../../core/retention/decide.ts';
import { inputsOf } from '../../core/retention/inputs-of.ts';
import { days } from '../../core/time.ts';
import { keepHolds } from '../../lambdas/sweep/keep-holds.ts';
import { purgeAsset } from '../../lambdas/sweep/purge-job.ts';
import { temporaryPage } from '../../lambdas/sweep/temporary-page.ts';
import { SweepWorld, startTime } from './sweep-world.ts';
import { snapshot, sweepDue, sweepRules } from './sweeping.ts';

describe('temporary data', () => {
  const removal = (world: SweepWorld) => temporaryPage({ list: 0 }, world.deps);

  it('goes by version after a day, deleted or not, unless a hold keeps it', async () => {
    const world = new SweepWorld();
    const temp = { dataClass: 'temp' };
    const ids = [
      world.store({ ...temp, age: 1.01 }),
      world.store({ ...temp, age: 1.01, state: 'deleted', detail: { factsEtag: '"f"' } }),
    ];
    world.store({ ...temp, age: 0.9 });
    world.store({ ...temp, age: 1.5, subject: 's-1' });
    world.store({ ...snapshot, age: 400 });
    world.hold('subject', 's-1');

    const { tally } = await removal(world);

    const [plain = '', described = ''] = ids;
    expect(world.purged.toSorted()).toEqual(
      [world.key(plain), world.key(described), factsKey('acme', described)].toSorted(),
    );
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

    expect(world.purged).toEqual([factsKey('acme', deleted), world.key(deleted)]);
    await expect(purgeAsset('acme', back, world.deps)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(purgeAsset('acme', held, world.deps)).rejects.toThrow(/until its hold is released/);
    expect(world.purged).toHaveLength(2);
  });
});

describe('the upkeep of holds', () => {
  it('lays each on what came since, lifts those whose grace is over, and does neither twice in an hour', async () => {
    const world = new SweepWorld();
    const inForce = world.hold('case', 'c-1');
    const covered = world.hold('subject', 's-7');
    world.store({ dataClass: 'raw-audio', case: 'c-1', age: 1 });
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

  it('looks once a day at everything that is held, and lays each hold on whatever lacks it, however old', async () => {
    const world = new SweepWorld();
    const held = { legalHold: true as const };
    const inGrace = startTime - days(6);
    for (const detail of [held, {}]) world.store({ age: 400, subject: 's-7', detail });
    const lacking = [
      world.hold('subject', 's-7'),
      world.hold('asset', world.store({ age: 300, state: 'deleted' }), inGrace),
      world.hold('case', 'c-many'),
    ];
    for (let age = 100; age < 151; age++) world.store({ dataClass: 'case-audio', age, case: 'c-many', detail: held });
    world.store({ age: 400, subject: 's-8', detail: held });
    world.store({ age: 400, subject: 's-8', state: 'gone' });
    const covering = [world.hold('subject', 's-8'), world.hold('asset', world.store({ age: 9, detail: held }))];
    const started: object[] = [];
    const deps = { ...world.deps, jobs: { start: async (job: object) => void started.push(job) as never } };

    const counts = await keepHolds({ jobId: 'sweep-2026-06-01', everything: true }, deps);

    expect(started).toMatchObject(lacking.map(({ summary: { holdId } }) => ({ input: { action: 'keep', holdId } })));
    expect(counts).toEqual({ kept: lacking.length, lifted: 0 });
    expect(JSON.stringify(started)).not.toContain('since');
    for (const { summary } of covering) expect(JSON.stringify(started)).not.toContain(summary.holdId);
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

        for (const id of ids) {
          const row = world.assets.get(id);
          if (row === undefined) continue;
          const holds = row.summary.subject === 's-1' ? [hold] : [];
          const classRule = findDataClass('face-snapshot')?.retention;
          const facts = { classRule, classPacks: false, statute: undefined, rules: [], holds, caseStatus: undefined };
          const isDue = decide(inputsOf(row.summary, row.detail, facts), startTime).state === 'due';
          // What a hold kept when it came due waits for the row that the end of the hold puts.
          if (!isDue || holds.length === 0) expect(world.expired.includes(world.key(id))).toBe(isDue);
        }
      }),
      { numRuns: 40 },
    );
  });
});
