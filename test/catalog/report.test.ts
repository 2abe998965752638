import { describe, expect, it, vi } from 'vitest';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../core/error.ts';
import { encodeFacts } from '../../core/facts.ts';
import { entryOf, rowOf } from '../../core/observe/row-of.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import { reportTo } from '../../lambdas/catalog/report.ts';
import { createLog, type Log } from '../../lambdas/shared/logger.ts';
import type { Meter } from '../../lambdas/shared/metrics.ts';
import { parseNotification } from '../../lambdas/shared/s3-notification.ts';
import { createBucket } from '../observe/model/bucket.ts';
import { assets, modelClass, tenant } from '../observe/model/world.ts';

const [asset] = assets;
const landedAt = '2026-05-01T08:00:00.000Z';
const header = encodeFacts({
  v: 1,
  assetId: asset.assetId,
  tenant,
  dataClass: modelClass.name,
  uploader: 'the-uploader',
  createdAt: landedAt,
  filename: 'the name of a person.wav',
  contentType: 'audio/wav',
  subject: 'the-subject',
  attributes: { phrase: 'the words' },
  landedAt,
});

const stored = (): AssetRow => {
  const bucket = createBucket(() => Date.parse(landedAt));
  const { head } = bucket.put(asset.key, { sha256: 's', header, body: '' });
  if (head === undefined) throw new Error('The model put a marker.');
  const identity = { tenant, assetId: asset.assetId, key: asset.key, dataClass: modelClass };
  const now = Date.parse(landedAt) + 1500;
  return rowOf({ identity, versions: [entryOf(head)], current: head }, undefined, { now, sizes: catalogLimits }).row;
};
const inState = (state: AssetRow['summary']['state']): AssetRow => ({
  ...stored(),
  summary: { ...stored().summary, state },
});

const recorded = () => {
  const lines: unknown[] = [];
  const measured: unknown[][] = [];
  const write = (message: string, fields: object) => lines.push({ message, ...fields });
  const measure = (...call: unknown[]) => measured.push(call);
  const log: Log = { info: write, warn: write, error: write };
  const meter: Meter = { count: measure, bytes: measure, milliseconds: measure };
  return { report: reportTo(log, meter), lines, measured };
};

describe('the report of an observation', () => {
  it('counts an object that became visible, its bytes, and how long it took from landing', () => {
    const { report, measured } = recorded();

    report.observed({ change: 'created', row: stored(), notices: [] });

    const dimensions = { class: 'model-class' };
    expect(measured).toEqual([
      ['ObjectsStored', 1, dimensions],
      ['BytesStored', 1, dimensions],
      ['IngestLatency', 1500],
    ]);
  });

  it.each([
    ['a duplicate', { change: 'duplicate', row: stored(), notices: [] }],
    ['an undelete', { change: 'changed', row: stored(), previous: inState('deleted'), notices: [] }],
    ['a delete', { change: 'changed', row: inState('deleted'), previous: stored(), notices: [] }],
    ['a tombstone', { change: 'created', row: inState('gone'), notices: [] }],
  ] as const)('does not count %s', (_, outcome) => {
    const { report, measured } = recorded();

    report.observed(outcome);

    expect(measured).toEqual([]);
  });

  it('names ids, codes and counts, and nothing that a person said or is called', () => {
    const { report, lines } = recorded();

    report.observed({ change: 'created', row: stored(), notices: ['facts-missing', 'facts-object-refused'] });
    report.failed('m1', new MediakeepError('unavailable', 'Something failed.', { cause: new Error('the words') }));

    expect(JSON.stringify(lines)).toContain(asset.assetId);
    expect(JSON.stringify(lines)).not.toMatch(/the name|the words|the-uploader|the-subject|model\/t1/);
  });
});

describe('the log of a failure', () => {
  it('says what was wrong, in fields that the logger does not drop', () => {
    const written: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((line) => written.push(String(line)) > 0),
    );
    const { report } = { report: reportTo(createLog('catalog'), recorded() as unknown as Meter) };
    try {
      parseNotification('{}');
    } catch (error) {
      report.failed('m1', error);
    }
    for (const spy of spies) spy.mockRestore();

    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      message: 'message failed',
      messageId: 'm1',
      error: 'UnexpectedMessageError',
      reason: expect.stringContaining('no S3 notification'),
    });
  });
});
