import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { checkClasses } from '../../config/check-classes.ts';
import { GiB } from '../../core/bytes.ts';
import { type DataClassProps, dataClass } from '../../core/data-class.ts';
import { days } from '../../core/time.ts';
import { refusals } from './class-refusals.ts';

const props: DataClassProps = {
  layout: 'site/notes/{tenant}/{date}/{assetId}/{filename}',
  accepts: [{ format: 'json', contentTypes: ['application/json'] }],
  maxBytes: GiB(1),
  inspect: 'json',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({ site: z.string().optional() }),
};

const check =
  (changes: Partial<DataClassProps>, name = 'site-note') =>
  () =>
    checkClasses([...builtInClasses, dataClass(name, { ...props, ...changes })]);

describe('a class that cannot work stops synthesis', () => {
  it.each(refusals)('refuses $title', ({ changes, name, says }) => {
    for (const sentence of says) expect(check(changes, name)).toThrow(sentence);
  });

  it('refuses what is not written as a class', () => {
    const notes = JSON.parse('{"name":"notes","retention":{"coldAfter":"90 days"}}');

    expect(() => checkClasses([notes])).toThrow('`classes[notes].retention.coldAfter` is `"90 days"`');
  });

  it.each<Partial<DataClassProps>>([
    {},
    { retention: { coldAfter: days(90), cold: 'deep-archive', deleteAfter: days(270) } },
    { retention: { coldAfter: 0, cold: 'glacier', deleteAfter: days(90), floor: days(90) } },
    { retention: { coldAfter: days(30), cold: 'standard-ia' } },
    { layout: 'raw/audio2/{tenant}/{assetId}' },
    { seal: true, layout: 'a/{tenant}/{subject}/{assetId}' },
  ])('accepts %j', (changes) => {
    expect(check(changes)).not.toThrow();
  });
});
