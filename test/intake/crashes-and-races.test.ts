import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intakeObject } from '../../lambdas/intake/intake-object.ts';
import { ClaimPendingError } from '../../lambdas/intake/resolve-claim.ts';
import type { PinnedVersion } from '../../lambdas/shared/copy-source.ts';
import { assetIds, note, sha256Of, type UploadOptions, World } from './world.ts';

const [first = ''] = assetIds;

/** The process dies: what was done is done, and nothing after it happens. */
class Killed extends Error {}

type Gate = <T>(name: string, effect: () => T) => Promise<T>;

/** Dies before or after the call of this number. */
const dyingGate = (at: number, moment: 'before' | 'after'): { gate: Gate; calls: () => number } => {
  let count = 0;
  return {
    calls: () => count,
    gate: async (_, effect) => {
      count += 1;
      if (count === at && moment === 'before') throw new Killed();
      const result = effect();
      if (count === at && moment === 'after') throw new Killed();
      return result;
    },
  };
};

/** One stored object for each content, one decision for each upload, nothing good left behind in landing. */
const expectSettled = (world: World, uploads: readonly { assetId: string; content: Uint8Array }[]): void => {
  const contents = new Set(uploads.map(({ content }) => sha256Of(content)));
  expect([...world.vault.values()].map(({ sha256 }) => sha256).sort()).toEqual([...contents].sort());
  for (const { assetId, content } of uploads) {
    const own = world.vault.get(`notes/t1/2026-05-01/${assetId}/note.json`);
    const other = world.row(assetId, 'duplicate')?.['duplicateOf'];
    const kept = own ?? world.vault.get(`notes/t1/2026-05-01/${String(other)}/note.json`);
    expect(kept?.content).toEqual(content);
    expect(own !== undefined && other !== undefined).toBe(false);
  }
  expect(world.landed().filter((key) => !key.startsWith('staged/'))).toEqual([]);
};

const ways: readonly [string, UploadOptions][] = [
  ['a single upload', { method: 'put' }],
  ['a multipart upload', { method: 'multipart', word: sha256Of(note()) }],
  ['a form', { method: 'post' }],
  [
    'a multipart upload past 5 GiB',
    { method: 'multipart', size: 6 * 1024 ** 3, facts: { contentType: 'application/octet-stream' } },
  ],
];

describe('a crash at any call is made good by the next delivery', () => {
  it.each(ways)('of %s', async (_, options) => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        const world = new World();
        const version = world.upload(first, note(), options);
        const { gate, calls } = dyingGate(at, moment);

        const died = await intakeObject(version, world.ports(gate)).then(
          () => false,
          (error) => error instanceof Killed,
        );
        const outcome = await intakeObject(version, world.ports());

        expect(['accepted', 'vanished']).toContain(outcome.kind);
        expectSettled(world, [{ assetId: first, content: note() }]);
        if (!died) expect(calls()).toBeLessThan(at);
        if (calls() < at) break;
      }
    }
  });

  it('of a refusal', async () => {
    for (let at = 1; at <= 4; at += 1) {
      const world = new World();
      const version = world.upload(first, new TextEncoder().encode('{"a":}'));

      await intakeObject(version, world.ports(dyingGate(at, 'after').gate)).catch(() => undefined);
      const outcome = await intakeObject(version, world.ports());

      expect(['rejected', 'decided']).toContain(outcome.kind);
      expect(world.row(first, 'rejected')).toMatchObject({ reason: 'unreadable' });
      expect(world.landed()).toEqual([version.key]);
    }
  });
});

describe('deliveries that overlap settle on one object for each content', () => {
  /** Delivers until the queue is empty, as the queue does: pending claims and crashes come back later. */
  const drain = async (world: World, versions: readonly PinnedVersion[]): Promise<void> => {
    for (const version of versions) {
      for (let receive = 0; ; receive += 1) {
        const settled = await intakeObject({ ...version, at: undefined }, world.ports()).then(
          () => true,
          (error) => {
            if (!(error instanceof ClaimPendingError) || receive > 4) throw error;
            return false;
          },
        );
        if (settled) break;
        world.now += 10_000 * 6 ** receive;
      }
    }
  };

  const scenario = fc.record({
    /** Which content each of three uploads has. */
    contents: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    methods: fc.tuple(
      fc.constantFrom('put', 'multipart'),
      fc.constantFrom('put', 'post'),
      fc.constantFrom('put', 'multipart'),
    ),
    /** Deliveries: which upload, and at which call the worker dies, if at all. */
    deliveries: fc.array(
      fc.record({
        upload: fc.nat(2),
        diesAt: fc.option(fc.integer({ min: 1, max: 9 }), { nil: 0 }),
        moment: fc.constantFrom('before', 'after'),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  });

  it('over any interleaving, with duplicated deliveries and crashes anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scenario, async (scheduler, { contents, methods, deliveries }) => {
        const world = new World();
        const uploads = assetIds.map((assetId, index) => {
          const content = note(contents[index] ?? 1);
          return { assetId, content, version: world.upload(assetId, content, { method: methods[index] ?? 'put' }) };
        });
        const workers = deliveries.map(({ upload, diesAt, moment }) => {
          const dying = dyingGate(diesAt, moment);
          const gate: Gate = async (name, effect) => {
            await scheduler.schedule(Promise.resolve(), name);
            return dying.gate(name, effect);
          };
          const version = uploads[upload]?.version ?? { key: '', versionId: '', at: 0 };
          return intakeObject(version, world.ports(gate)).catch((error: unknown) => {
            if (!(error instanceof Killed || error instanceof ClaimPendingError)) throw error;
          });
        });

        await scheduler.waitFor(Promise.all(workers));
        await drain(
          world,
          uploads.map(({ version }) => version),
        );

        expectSettled(world, uploads);
      }),
      { numRuns: 1_500 },
    );
  });

  it('and two good uploads at once need no second delivery of the winner', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new World();
        const gate: Gate = async (name, effect) => {
          await scheduler.schedule(Promise.resolve(), name);
          return effect();
        };
        const versions = assetIds.slice(0, 2).map((assetId) => world.upload(assetId, note()));
        const results = versions.map((version) =>
          intakeObject(version, world.ports(gate)).then(
            ({ kind }) => kind,
            (error: unknown) => (error instanceof ClaimPendingError ? 'pending' : 'failed'),
          ),
        );

        const kinds = (await scheduler.waitFor(Promise.all(results))).sort();

        expect(kinds[0]).toBe('accepted');
        expect(['duplicate', 'pending']).toContain(kinds[1]);
        expect(world.vault.size).toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});
