import { expect, it } from 'vitest';
import type { Operation } from '../../core/routes.ts';
import { measureOperation } from '../../lambdas/api/measure.ts';

const measured = (operation: Operation): unknown[] => {
  const told: unknown[] = [];
  const meter = {
    count: (name: string, value: number, dimensions = {}) => void told.push([name, value, dimensions]),
    milliseconds: (name: string, value: number, dimensions = {}) => void told.push([name, value, dimensions]),
  };
  measureOperation(operation, 12, { meter });
  return told;
};

it('counts uploads, downloads and deletions, and times what somebody waits for', () => {
  expect(measured('beginUpload')).toEqual([
    ['Operations', 1, { operation: 'upload' }],
    ['RequestLatency', 12, { operation: 'begin' }],
  ]);
  expect(measured('getContent')).toEqual([['Operations', 1, { operation: 'download' }]]);
  expect([measured('deleteAsset'), measured('purgeAsset')]).toEqual(
    Array(2).fill([['Operations', 1, { operation: 'delete' }]]),
  );
  expect(measured('listAssets')).toEqual([['RequestLatency', 12, { operation: 'query' }]]);
});

it('tells nothing of the rest, since each metric has a price', () => {
  expect(measured('listMembers')).toEqual([]);
});
