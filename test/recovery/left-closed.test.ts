import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { jobKey } from '../../core/catalog/keys.ts';
import { closedRow } from '../../core/recovery/closed.ts';
import { leftClosed } from '../../lambdas/proof-age/left-closed.ts';

const since = '2026-01-15T10:00:00.000Z';

/** Asks so many hours after the API was closed. */
const ask = (rows: readonly object[], hoursLater = 1) => {
  const known = new Map(rows.map((row) => ['pk' in row ? String(row.pk) : '', row]));
  const send = async ({ input }: { input: { Key: { pk: string } } }) => ({ Item: known.get(input.Key.pk) });
  const now = () => Date.parse(since) + hoursLater * 3_600_000;
  return leftClosed({ send } as unknown as DynamoDBDocumentClient, 'catalog', { now });
};
const job = (state: string) => ({ ...jobKey('-', 'j1'), summary: { state } });
const closed = closedRow('j1', since);

describe('an API that is closed', () => {
  it.each(['succeeded', 'failed', 'cancelled'])('was left so by a recovery that has %s', async (state) => {
    expect(await ask([closed, job(state)])).toEqual({ jobId: 'j1', since });
  });

  it('was left so where nobody knows its recovery', async () => {
    expect(await ask([closed])).toEqual({ jobId: 'j1', since });
  });

  it('will be opened by a recovery that runs, for three days', async () => {
    expect(await ask([closed, job('running')], 71)).toBeUndefined();
    expect(await ask([closed, job('running')], 73)).toBeDefined();
  });
});

it('an API that is open was not left closed', async () => {
  expect(await ask([job('failed')])).toBeUndefined();
});
