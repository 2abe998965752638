import { describe, expect, it } from 'vitest';
import { casePartition, subjectPartition } from '../../core/catalog/keys.ts';
import { releasedHold } from '../../core/retention/hold-row.ts';
import { days, isoTime, utcDay } from '../../core/time.ts';
import { type HoldDeps, layOn, letGo } from '../../lambdas/hold/hold-assets.ts';
import { firstOfScope, type ScopeCursor, scopePage } from '../../lambdas/shared/hold-scope.ts';
import { SweepWorld, startTime } from './sweep-world.ts';

/** The bytes of a world, under hold or not. */
const depsOf = (world: SweepWorld, onSet: (status: string) => void = () => {}) => {
  const on = new Set<string>();
  const looked: string[] = [];
  const { index, due, retention, clock } = world.deps;
  const deps: HoldDeps = {
    index,
    due,
    retention,
    clock,
    bytes: {
      set: async ({ summary: { assetId } }, status) => {
        if (status === 'ON') on.add(assetId);
        else on.delete(assetId);
        onSet(status);
        return 1;
      },
    },
    packMembers: async function* (_, packId) {
      for (const { summary, detail } of world.assets.values())
        if (detail.pack?.packId === packId) yield summary.assetId;
    },
    lookAgain: async (key) => void looked.push(key),
  };
  return { deps, on, looked };
};

const idsOf = async (world: SweepWorld, scope: 'asset' | 'case' | 'subject', scopeId: string, since?: number) => {
  const ids: string[] = [];
  for (let cursor: ScopeCursor | undefined = firstOfScope; cursor !== undefined; ) {
    const page = await scopePage('acme', { scope, scopeId, since }, cursor, { index: world.deps.index });
    ids.push(...page.assetIds);
    cursor = page.next;
  }
  return ids.toSorted();
};

describe('what a hold covers', () => {
  it('is every asset of the case or subject, deleted ones too, page by page', async () => {
    const world = new SweepWorld();
    const ofCase = Array.from({ length: 300 }, (_, index) =>
      world.store({ dataClass: 'case-audio', case: 'c-1', age: index / 10, state: index % 3 ? 'stored' : 'deleted' }),
    );
    world.store({ dataClass: 'case-audio', case: 'c-2', age: 1 });
    const ofSubject = [
      world.store({ subject: 's-9', age: 1 }),
      world.store({ subject: 's-9', age: 2, state: 'deleted' }),
    ];

    expect(await idsOf(world, 'case', 'c-1')).toEqual(ofCase.toSorted());
    expect(await idsOf(world, 'subject', 's-9')).toEqual(ofSubject.toSorted());
    expect(await idsOf(world, 'asset', ofSubject[0] ?? '')).toEqual([ofSubject[0]]);
    expect(await idsOf(world, 'subject', 's-9', startTime - days(1.5))).toEqual([ofSubject[0]]);
    expect([casePartition('acme', 'c-1'), subjectPartition('acme', 's-9')]).toHaveLength(2);
  });
});

describe('laying a hold on bytes', () => {
  it('holds what is there and tells the catalog; upkeep leaves alone what is held', async () => {
    const world = new SweepWorld();
    const [plain, held] = [world.store({ age: 1 }), world.store({ age: 1, detail: { legalHold: true } })];
    const gone = world.store({ age: 1, state: 'gone' });
    const { deps, on, looked } = depsOf(world);

    const first = await layOn('acme', [plain, held, gone, '01JZ8K2M4N6P8Q0R2S4T6V8W0X'], { onlyNew: true }, deps);

    expect([...on]).toEqual([plain]);
    expect(looked).toEqual([world.key(plain)]);
    expect(first).toEqual({ assets: 1, versions: 1, kept: 0 });
  });
});

describe('lifting a hold', () => {
  const released = (world: SweepWorld) => world.hold('subject', 's-1', startTime - days(8));

  it('lets go of what nothing else covers, and has it looked at', async () => {
    const world = new SweepWorld();
    const assetId = world.store({ age: 400, subject: 's-1' });
    released(world);
    const { deps, on } = depsOf(world);
    on.add(assetId);

    expect(await letGo('acme', [assetId], deps)).toEqual({ assets: 1, versions: 1, kept: 0 });
    expect([...on]).toEqual([]);
    expect(world.daysOf(assetId)).toEqual([utcDay(startTime)]);
  });

  it.each([
    ['in force', undefined],
    ['in its grace', startTime - days(6)],
  ])('keeps what another hold covers that is %s', async (_, releasedAt) => {
    const world = new SweepWorld();
    const assetId = world.store({ age: 400, subject: 's-1', case: 'c-1' });
    released(world);
    world.hold('case', 'c-1', releasedAt);
    const { deps, on } = depsOf(world);
    on.add(assetId);

    expect(await letGo('acme', [assetId], deps)).toEqual({ assets: 1, versions: 0, kept: 1 });
    expect([...on]).toEqual([assetId]);
  });

  it('holds again what a hold placed in the very moment covers', async () => {
    const world = new SweepWorld();
    const assetId = world.store({ age: 400, subject: 's-1' });
    released(world);
    const { deps, on } = depsOf(world, (status) => {
      if (status === 'OFF') world.hold('asset', assetId);
    });
    on.add(assetId);

    expect(await letGo('acme', [assetId], deps)).toMatchObject({ kept: 1 });
    expect([...on]).toEqual([assetId]);
  });

  it('keeps a pack as long as one of its members is covered', async () => {
    const world = new SweepWorld();
    const pack = { packId: 'p', key: 'packs/p', versionId: 'v', offset: 0, storedBytes: 10 };
    const [mine] = ['s-1', 's-2'].map((subject) =>
      world.store({ age: 1, subject, detail: { key: `k-${subject}`, pack } }),
    );
    released(world);
    world.hold('subject', 's-2');
    const { deps } = depsOf(world);

    expect(await letGo('acme', [mine ?? ''], deps)).toMatchObject({ kept: 1, versions: 0 });
  });

  it('is the same in whatever order and however often holds are released', () => {
    const world = new SweepWorld();
    const row = world.hold('case', 'c-1');
    const by = { releasedAt: isoTime(startTime), releasedBy: 'root', releaseReason: 'why' };
    const once = releasedHold(row, by);

    expect(once).toMatchObject({ summary: { state: 'released' }, revision: 2 });
    expect(releasedHold(once, by).summary).toEqual(once.summary);
  });
});
