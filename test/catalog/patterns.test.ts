import { type AttributeValue, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { indexKeys, indexNames } from '../../core/catalog/keys.ts';
import { type AccessPattern, accessPatterns, changeCosts, keysFor } from '../../core/catalog/patterns.ts';
import { canonicalJson, encodeFacts } from '../../core/facts.ts';
import { assets, modelClass, tenant } from '../observe/model/world.ts';
import { type CatalogWorld, notification, worldForEach } from './catalog-world.ts';

const [asset] = assets;

let world: CatalogWorld;
const server = await worldForEach((fresh) => {
  world = fresh;
});

/** Values that hold what separates segments, so that a pattern which does not escape is seen. */
const valuesOf = ({ partition, sort = [] }: AccessPattern, salt: string): Record<string, string> =>
  Object.fromEntries(
    [...partition, ...sort].flatMap((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      return name === undefined ? [] : [[name, name === 'tenant' ? `t${salt}` : `${name}#${salt}`]];
    }),
  );

const attributesOf = ({ by }: AccessPattern) => (by === 'table' ? { pk: 'pk', sk: 'sk' } : indexKeys[by]);

const put = async (pattern: AccessPattern, values: Record<string, string>, name: string): Promise<void> => {
  const { pk, sk = '' } = keysFor(pattern, values);
  const names = attributesOf(pattern);
  const item = {
    pk: `row ${name}`,
    sk: name,
    kind: 'x',
    summary: { name },
    [names.pk]: pk,
    [names.sk]: pattern.exact ? sk : `${sk}${name}`,
  };
  await server.client().send(new PutItemCommand({ TableName: 'catalog', Item: marshall(item) }));
};

const ask = async (
  pattern: AccessPattern,
  values: Record<string, string>,
): Promise<readonly Record<string, AttributeValue>[]> => {
  const { pk, sk } = keysFor(pattern, values);
  const names = attributesOf(pattern);
  if (pattern.exact && sk !== undefined) {
    const { Item } = await world.table.send(new GetItemCommand({ TableName: 'catalog', Key: marshall({ pk, sk }) }));
    return Item === undefined ? [] : [Item];
  }
  const { Items = [], ScannedCount } = await world.table.send(
    new QueryCommand({
      TableName: 'catalog',
      ...(pattern.by === 'table' ? {} : { IndexName: pattern.by }),
      KeyConditionExpression:
        sk === undefined ? `${names.pk} = :pk` : `${names.pk} = :pk AND begins_with(${names.sk}, :sk)`,
      ExpressionAttributeValues: marshall({ ':pk': pk, ...(sk === undefined ? {} : { ':sk': sk }) }),
      ScanIndexForward: pattern.newestFirst !== true,
    }),
  );
  expect(ScannedCount).toBe(Items.length);
  return Items;
};

describe('every question to the catalog', () => {
  it.each(accessPatterns.map((pattern) => [pattern.asks, pattern] as const))(
    'is one request that reads what it returns: %s',
    async (_, pattern) => {
      const values = valuesOf(pattern, '1');
      await put(pattern, values, 'a');
      if (pattern.exact !== true) await put(pattern, values, 'b');
      // A question without a value has no neighbour to be confused with.
      if (Object.keys(values).length > 0) await put(pattern, valuesOf(pattern, '10'), 'c');

      const found = await ask(pattern, values);

      expect(world.tableCalls).toHaveLength(1);
      const names = found.map((item) => unmarshall(item)['summary'].name);
      const expected = pattern.exact ? ['a'] : ['a', 'b'];
      expect(names).toEqual(pattern.newestFirst ? expected.toReversed() : expected);
    },
  );

  it('names nothing twice', () => {
    const asked = accessPatterns.map(({ asks }) => asks);

    expect(new Set(asked).size).toBe(asked.length);
  });

  it('begins with the tenant, except where a principal asks for theirs or tenants are listed', () => {
    const others = accessPatterns.filter(({ partition }) => partition[0] !== '{tenant}');

    expect(new Set(others.map(({ partition }) => partition[0]))).toEqual(new Set(['principal', 'tenants']));
  });

  it('needs no more than four indexes', () => {
    const used = new Set(accessPatterns.map(({ by }) => by).filter((by) => by !== 'table'));

    expect([...used].sort()).toEqual(Object.values(indexNames).sort());
  });
});

describe('every change of an asset', () => {
  const header = encodeFacts({
    v: 1,
    assetId: asset.assetId,
    tenant,
    dataClass: modelClass.name,
    uploader: 'c0f5a2de-7c7a-4a52-9d43-0c7a2f8f2f11',
    createdAt: '2026-05-01T07:59:00.000Z',
    filename: 'turn-on-the-light-in-the-kitchen.wav',
    contentType: 'audio/wav',
    subject: 'subject-5e1c8a90',
    consent: 'consent-77aa01',
    attributes: {
      language: 'hi-IN',
      intent: 'turn-on-light',
      variation: 'kitchen-2',
      phrase: 'turn on the light in the kitchen',
    },
    media: { format: 'wav', codec: 'pcm', durationMs: 3200, sampleRate: 16_000, channels: 1, bitDepth: 16 },
    landedAt: '2026-05-01T07:59:30.000Z',
  });
  const happen: Readonly<Record<string, () => string>> = {
    'new object': () => {
      const { versionId } = world.vault.bucket.put(asset.key, {
        sha256: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
        header,
        body: '',
      });
      return notification({ name: 'ObjectCreated:Copy', key: asset.key, versionId });
    },
    'facts object': () => {
      const body = canonicalJson({
        v: 1,
        assetId: asset.assetId,
        tenant,
        key: asset.key,
        attributes: { language: 'hi-IN', intent: 'turn-on-light', variation: 'kitchen-3' },
        updatedAt: '',
        updatedBy: '',
      });
      const { versionId } = world.vault.bucket.put(asset.factsKey, { sha256: '', header: '', body });
      return notification({ name: 'ObjectCreated:Put', key: asset.factsKey, versionId });
    },
    'delete marker': () =>
      notification({
        name: 'ObjectRemoved:DeleteMarkerCreated',
        key: asset.key,
        versionId: world.vault.bucket.mark(asset.key).versionId,
      }),
    'delete marker removed': () => removeNewest(),
    'last version removed': () => removeNewest(),
  };
  const removeNewest = (): string => {
    const versionId = world.vault.bucket.versionsOf(asset.key)[0]?.versionId ?? '';
    world.vault.bucket.remove(asset.key, versionId);
    return notification({ name: 'ObjectRemoved:Delete', key: asset.key, versionId });
  };

  it('costs what the table says', async () => {
    const costs: unknown[] = [];
    for (const change of Object.keys(happen)) {
      const units = { table: 0, index: 0 };
      world.vault.requests.length = 0;
      world.tableCalls.length = 0;
      world.aroundTable = async (_, call) => {
        const answer = await call();
        count(answer, units);
        return answer;
      };

      await world.deliver([happen[change]?.() ?? '']);

      costs.push({
        change,
        vault: world.vault.requests.map(({ operation }) => operation),
        table: [...world.tableCalls],
        tableUnits: units.table,
        indexUnits: units.index,
      });
    }

    expect(costs).toEqual(changeCosts);
  });
});

const count = (answer: unknown, units: { table: number; index: number }): void => {
  const { output } = answer as { output: { ConsumedCapacity?: unknown } };
  if (!Array.isArray(output.ConsumedCapacity)) return;
  for (const { Table, GlobalSecondaryIndexes } of output.ConsumedCapacity) {
    units.table += Table?.WriteCapacityUnits ?? 0;
    for (const index of Object.values<{ WriteCapacityUnits?: number }>(GlobalSecondaryIndexes ?? {})) {
      units.index += index.WriteCapacityUnits ?? 0;
    }
  }
};
