import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/facts.ts';
import { assets, type ModelEvent, tenant } from '../observe/model/world.ts';
import { type CatalogWorld, createCatalogWorld, notification, worldForEach } from './catalog-world.ts';

const [asset] = assets;

/** Everything that can happen to one asset, as a list of steps that each answer with their event. */
const steps: readonly ((world: CatalogWorld) => ModelEvent)[] = [
  ({ vault }) => created(vault.bucket.put(asset.key, { sha256: 'c1', header: '', body: '' }).versionId),
  ({ vault }) => {
    const body = canonicalJson({
      v: 1,
      assetId: asset.assetId,
      tenant,
      key: asset.key,
      attributes: { n: 1 },
      updatedAt: '',
      updatedBy: '',
    });
    const { versionId } = vault.bucket.put(asset.factsKey, { sha256: '', header: '', body });
    return { name: 'ObjectCreated:Put', key: asset.factsKey, versionId };
  },
  ({ vault }) => ({
    name: 'ObjectRemoved:DeleteMarkerCreated',
    key: asset.key,
    versionId: vault.bucket.mark(asset.key).versionId,
  }),
  ({ vault }) => created(vault.bucket.put(asset.key, { sha256: 'c2', header: '', body: '' }).versionId),
  ({ vault }) => {
    const [newest] = vault.bucket.versionsOf(asset.key);
    vault.bucket.remove(asset.key, newest?.versionId ?? '');
    return { name: 'ObjectRemoved:Delete', key: asset.key, versionId: newest?.versionId };
  },
];
const created = (versionId: string): ModelEvent => ({ name: 'ObjectCreated:Copy', key: asset.key, versionId });

type Fault = 'fails' | 'loses its answer' | 'is throttled';
const faults: readonly Fault[] = ['fails', 'loses its answer', 'is throttled'];

let world: CatalogWorld;
const server = await worldForEach((fresh) => {
  world = fresh;
});

/** Has the next call but so many, counted over vault and table, go wrong; answers whether there was one. */
const breakCall = (number: number, fault: Fault): (() => boolean) => {
  let calls = 0;
  const isDue = (): boolean => calls++ === number;
  world.vault.intercept = () => {
    if (!isDue()) return undefined;
    if (fault === 'is throttled') return { status: 503, body: '<Error><Code>SlowDown</Code></Error>' };
    throw Object.assign(new Error('socket hang up'), { name: 'ECONNRESET' });
  };
  world.aroundTable = async (_, call) => {
    if (!isDue()) return call();
    if (fault === 'loses its answer') await call();
    if (fault === 'is throttled') throw awsError('ThrottlingException', 400);
    throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  };
  return () => calls > number;
};

const awsError = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

const deliverUntilDone = async (body: string): Promise<void> => {
  for (let receives = 0; receives < 5; receives++) {
    if ((await world.deliver([body])).batchItemFailures.length === 0) return;
  }
  throw new Error('The message was given back five times.');
};

describe('whichever call goes wrong', () => {
  it.each(faults)('the message comes again and nothing is lost, where it %s', async (fault) => {
    let broken = 0;
    for (let number = 0, before = -1; broken > before; number++) {
      before = broken;
      for (const step of steps) {
        const wasMade = breakCall(number, fault);
        await deliverUntilDone(notification(step(world)));
        broken += wasMade() ? 1 : 0;

        const expected = world.vault.bucket.versionsOf(asset.key).map(({ versionId }) => versionId);
        const row = await world.row(asset.assetId);
        expect(
          row?.versions.map(({ versionId }) => versionId),
          `call ${number} of step ${steps.indexOf(step)}`,
        ).toEqual(expected);
      }

      const row = await world.row(asset.assetId);
      expect(row?.summary, `call ${number}`).toMatchObject({ state: 'deleted', attributes: { n: 1 } });
      expect((await world.rows()).map(({ kind }) => kind).sort(), `call ${number}`).toEqual(['asset', 'due']);
      await world[Symbol.asyncDispose]();
      world = createCatalogWorld(server);
    }
    expect(broken).toBeGreaterThan(15);
  });

  it('is reported as something that may succeed later, with the SDK’s name for it', async () => {
    world.vault.bucket.put(asset.key, { sha256: 'c1', header: '', body: '' });
    breakCall(0, 'is throttled');

    await world.deliver([notification(created('v1'))]);

    expect(world.failures[0]?.error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('SlowDown'),
    });
  });

  it('is left as it is where it would fail again: access denied', async () => {
    world.vault.intercept = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });

    const answer = await world.deliver([notification(created('v1'))]);

    expect(answer.batchItemFailures).toHaveLength(1);
    expect(world.failures[0]?.error).not.toHaveProperty('code', 'unavailable');
    expect(world.tableCalls).toEqual([]);
  });
});
