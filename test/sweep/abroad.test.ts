import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announcement, abroadRows } from '../../core/abroad/abroad-row.ts';
import { hours } from '../../core/time.ts';
import { type AbroadTally, abroadPage, addAbroad, nothingAbroad } from '../../lambdas/sweep/abroad-page.ts';
import { nameOf } from './abroad-world.ts';
import { SweepWorld, startTime } from './sweep-world.ts';

const one = { key: 'k', versionId: 'v' };
const gone: Announcement = { versions: [one], deleted: true };

/** What the hourly sweep does, so many hours after the start. */
const hour = async (world: SweepWorld, after: number): Promise<AbroadTally> => {
  world.now = startTime + hours(after);
  let sum = nothingAbroad;
  for (let at: { after: string } | undefined = { after: '' }; at !== undefined; ) {
    const page = await abroadPage(at, world.deps);
    sum = addAbroad(sum, page.tally);
    at = page.next;
  }
  return sum;
};

const announced = (what: Announcement = gone): SweepWorld => {
  const world = new SweepWorld();
  for (const version of what.versions) world.abroad.copies.add(nameOf(version));
  world.abroad.announce(startTime, what);
  return world;
};

describe('what was deleted for good', () => {
  it('goes in the second region within the hour, and once more a day later, when no copy can arrive any more', async () => {
    const world = announced();

    expect(await hour(world, 1)).toEqual({ removed: 1, stuck: 0 });
    expect(world.abroad.copies.size).toBe(0);
    world.abroad.copies.add(nameOf(one));
    expect(await hour(world, 2)).toEqual(nothingAbroad);
    await hour(world, 24);
    expect([world.abroad.copies.size, world.abroad.rows.size]).toEqual([0, 0]);
  });

  it('waits for a region that does not answer, is never forgotten, and shows after a day', async () => {
    const world = announced();
    world.abroad.isDown = true;
    for (let after = 1; after <= 24; after++) expect(await hour(world, after)).toEqual(nothingAbroad);
    expect(await hour(world, 25)).toEqual({ removed: 0, stuck: 1 });
    world.abroad.isDown = false;

    expect(await hour(world, 26)).toEqual({ removed: 1, stuck: 0 });
    expect(world.counts).toMatchObject({ ErasedAbroad: 1, ErasuresAbroadStuck: 1 });
    expect([world.abroad.copies.size, world.abroad.rows.size]).toEqual([0, 0]);
  });

  it('shows at once where a lock keeps it there, and goes when the lock does', async () => {
    const world = announced({ ...gone, versions: [one, { key: 'k2', versionId: 'v2' }] });
    world.abroad.locked.add(nameOf(one));

    expect(await hour(world, 1)).toEqual({ removed: 1, stuck: 1 });
    expect(await hour(world, 30)).toEqual({ removed: 1, stuck: 1 });
    world.abroad.locked.clear();
    expect(await hour(world, 31)).toEqual({ removed: 2, stuck: 0 });
    expect([world.abroad.copies.size, world.abroad.rows.size]).toEqual([0, 0]);
  });
});

describe('what was only about to be deleted', () => {
  it('keeps its copy while it stands at home, and for ever where its deletion has not come about', async () => {
    const world = announced({ versions: [one], deleted: false });
    world.abroad.home.add(nameOf(one));

    expect(await hour(world, 1)).toEqual(nothingAbroad);
    await hour(world, 24);
    expect([world.abroad.copies.size, world.abroad.rows.size]).toEqual([1, 0]);
  });

  it('loses its copy once it is gone at home', async () => {
    const world = announced({ versions: [one], deleted: false });

    expect(await hour(world, 1)).toEqual({ removed: 1, stuck: 0 });
  });
});

describe('what a pack holds now', () => {
  const pack = { key: 'packs/p', versionId: 'p' };
  const packed = (): SweepWorld => {
    const world = announced({ ...gone, needs: pack });
    world.abroad.home.add(nameOf(pack));
    return world;
  };

  it('keeps its own copy until the pack is copied, however long that takes', async () => {
    const world = packed();
    expect(await hour(world, 1)).toEqual(nothingAbroad);
    expect(await hour(world, 48)).toEqual({ removed: 0, stuck: 1 });
    expect(world.abroad.copies.has(nameOf(one))).toBe(true);
    world.abroad.copies.add(nameOf(pack));

    expect(await hour(world, 49)).toEqual({ removed: 1, stuck: 0 });
  });

  it('asks for no copy of a pack that is itself replaced', async () => {
    const world = packed();
    world.abroad.home.clear();

    expect(await hour(world, 1)).toEqual(nothingAbroad);
    expect(await hour(world, 25)).toEqual({ removed: 1, stuck: 0 });
  });
});

describe('rows for the second region', () => {
  it('name each version once, and fit into the table however long keys and ids are', () => {
    const version = fc.record({
      key: fc.string({ minLength: 1, maxLength: 1024 }),
      versionId: fc.string({ minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(version, { maxLength: 400 }), (versions) => {
        const rows = abroadRows({ versions, deleted: true }, { now: startTime, random: Math.random });

        expect(rows.flatMap((row) => row.versions)).toEqual(versions);
        expect(rows.every((row) => row.versions.length <= 150)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
