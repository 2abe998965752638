import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchFailures } from '../../local/lambda/batch-response.ts';

const ids = new Set(['a', 'b', 'c']);

describe('the answer to a batch', () => {
  it.each(['', 'null', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}', '{"other":1}'])(
    'is success of all: %s',
    (payload) => {
      expect(batchFailures(payload, ids)).toEqual(new Set());
    },
  );

  it.each([
    '{',
    '[]',
    '1',
    'true',
    '"done"',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":"a"}',
    '{"batchItemFailures":["a"]}',
    '{"batchItemFailures":[null]}',
    '{"batchItemFailures":[{}]}',
    '{"batchItemFailures":[{"ItemIdentifier":"a"}]}',
    '{"batchItemFailures":[{"itemIdentifier":1}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}',
  ])('is failure of all: %s', (payload) => {
    expect(batchFailures(payload, ids)).toBe('everything');
  });

  it('fails exactly the messages that it names, however often', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (failed) => {
        const payload = JSON.stringify({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
        expect(batchFailures(payload, ids)).toEqual(new Set(failed));
      }),
    );
  });
});
