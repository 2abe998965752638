import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPack } from '../../core/pack/build.ts';
import { resumePacks } from '../../core/pack/resume.ts';
import { Crash, idOf, keyOf, owner, PackModel, tenant } from './pack-model.ts';

const storageClass = 'GLACIER';
const members = 4;

const newModel = (): PackModel => {
  const model = new PackModel();
  for (let index = 0; index < members; index++) model.addAsset(index, `what was said ${index} `.repeat(20 + index));
  return model;
};

const pack = (model: PackModel) =>
  buildPack(
    owner,
    { storageClass, candidates: model.candidates.filter(({ key }) => model.objects.has(key)) },
    model.deps,
  );

/** Runs until the process is gone; answers whether it came to its end. */
const unlessCrashed = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  }
};

const expectReadable = (model: PackModel): void => {
  for (const [assetId, content] of model.contents) {
    if (!model.purged.has(assetId)) expect(model.read(assetId), assetId).toEqual(content);
  }
};

/** What runs every day: what is left over first, then what is new. */
const day = async (model: PackModel): Promise<void> => {
  await resumePacks(tenant, model.deps);
  await pack(model);
};

const finish = async (model: PackModel): Promise<void> => {
  for (let round = 0; round < 3; round++) {
    model.restart();
    await day(model);
    expectReadable(model);
  }
  expectGoneAbroad(model);
};

/** Each deletion was announced, and each but that of a pack without members waits for the copy of what holds the content now. */
const expectGoneAbroad = ({ abroad, deleted }: PackModel): void => {
  const announced = abroad.flatMap(({ versions }) => versions.map(({ key, versionId }) => `${key} ${versionId}`));
  expect(announced).toEqual(expect.arrayContaining(deleted));
  for (const { versions, needs } of abroad) {
    expect(versions.every(({ key }) => key.startsWith('packs/')) || needs?.key.startsWith('packs/')).toBe(true);
  }
};

const callsOf = async (): Promise<number> => {
  const model = newModel();
  await pack(model);
  return model.calls;
};

describe('a pack that is written while processes die', () => {
  it('loses no member and ends settled, wherever the process dies', async () => {
    const calls = await callsOf();
    for (let call = 0; call < calls; call++) {
      for (const after of [false, true]) {
        const model = newModel();
        model.crashAt = { call, after };
        expect(await unlessCrashed(() => pack(model))).toBe(false);
        expectReadable(model);
        await finish(model);

        expect(model.packed.size, `call ${call}`).toBe(members);
        expect([...model.packs.values()].map(({ state }) => state)).toEqual(['settled']);
        expect([...model.objects.keys()].filter((key) => !key.startsWith('packs/'))).toEqual([]);
      }
    }
  });

  it('leaves a pack alone that came back damaged, and its members where they were', async () => {
    const model = newModel();
    model.meanwhile = () => {
      const written = [...model.objects.entries()].find(([key]) => key.startsWith('packs/'));
      written?.[1].body.fill(0, 20, 24);
    };
    await pack(model);

    expect([model.packs.size, model.packed.size]).toEqual([0, 0]);
    expectReadable(model);
    expect([...model.objects.keys()].some((key) => key.startsWith('packs/'))).toBe(false);
  });

  it('leaves out what nobody may delete', async () => {
    const model = newModel();
    const [held] = model.objects.values();
    if (held !== undefined) held.locked = true;
    await pack(model);

    expect(model.packed.size).toBe(members - 1);
    expectReadable(model);
  });
});

describe('a member that is erased', () => {
  it('is found by nobody and leaves no byte, and the others stay, at any moment and through any crash', async () => {
    const calls = await callsOf();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(calls * 3),
        fc.array(fc.nat(members - 1), { maxLength: 2 }),
        fc.nat(calls * 3),
        fc.boolean(),
        async (purgeAt, victims, crashCall, after) => {
          const model = newModel();
          model.crashAt = { call: crashCall, after };
          const purges: Promise<void>[] = [];
          model.meanwhile = (call) => {
            if (call !== purgeAt) return;
            for (const victim of victims) purges.push(model.purge(idOf(victim)));
          };
          await unlessCrashed(() => day(model));
          await Promise.all(purges);
          for (const victim of victims) await model.purge(idOf(victim));
          expectReadable(model);
          await finish(model);

          for (const victim of victims) {
            expect(model.read(idOf(victim))).toBeUndefined();
            expect(model.packed.has(idOf(victim))).toBe(false);
          }
          expect([...model.packs.values()].every(({ state }) => state === 'settled')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is taken out of a pack that lies in the archive once a copy of it can be read', async () => {
    const model = newModel();
    await day(model);
    const [old] = [...model.packs.values()];
    const object = model.objects.get(old?.key ?? '');
    if (object !== undefined) object.archived = true;
    await model.purge(idOf(1));

    expect(await resumePacks(tenant, model.deps)).toMatchObject({ waiting: 1, rewritten: 0 });
    expect(await resumePacks(tenant, model.deps)).toMatchObject({ waiting: 0, rewritten: 1 });
    expect(model.objects.has(old?.key ?? '')).toBe(false);
    expect(model.packed.has(idOf(1))).toBe(false);
    expect([...model.looked]).toEqual([idOf(0), idOf(2), idOf(3)].map(keyOf));
    expectReadable(model);
  });
});
