import { z } from 'zod';
import { GiB, KiB } from '../../core/bytes.ts';
import type { DataClassProps } from '../../core/data-class.ts';
import { days, hours } from '../../core/time.ts';

/** Classes that differ from a good one in what their title says, and what the refusal tells. */
export const refusals: readonly {
  title: string;
  changes: Partial<DataClassProps>;
  name?: string;
  says: readonly string[];
}[] = [
  {
    title: 'an upper-case name',
    changes: {},
    name: 'Note',
    says: ['`classes[Note].name` is `"Note"`', 'Rename the class'],
  },
  { title: 'a name that is taken', changes: {}, name: 'raw-audio', says: ['each name once'] },
  {
    title: 'a layout that begins with the tenant',
    changes: { layout: '{tenant}/{assetId}' },
    says: ['.layout', 'fixed lower-case segments'],
  },
  {
    title: 'a fixed segment after the tenant',
    changes: { layout: 'a/{tenant}/b/{assetId}' },
    says: ['then variables alone'],
  },
  {
    title: 'a variable that is part of a segment',
    changes: { layout: 'a/{tenant}/{assetId}.wav' },
    says: ['then variables alone'],
  },
  {
    title: 'a layout without the id',
    changes: { layout: 'a/{tenant}/{filename}' },
    says: ['`{assetId}` and no variable twice'],
  },
  {
    title: 'a variable twice',
    changes: { layout: 'a/{tenant}/{assetId}/{date}/{date}' },
    says: ['no variable twice'],
  },
  {
    title: 'an unknown variable',
    changes: { layout: 'a/{tenant}/{room}/{assetId}' },
    says: ['the variables tenant', 'Add room'],
  },
  {
    title: 'an attribute that hides a variable',
    changes: { attributes: z.strictObject({ tenant: z.string() }) },
    says: ['attributes.tenant', 'Rename the attribute'],
  },
  {
    title: 'an attribute in snake case',
    changes: { attributes: z.strictObject({ a_b: z.string() }) },
    says: ['camelCase'],
  },
  {
    title: 'a prefix inside another class',
    changes: { layout: 'raw/audio/loud/{tenant}/{assetId}' },
    says: ['begin with `raw/audio/`', 'raw-audio'],
  },
  {
    title: 'a prefix around another class',
    changes: { layout: 'raw/{tenant}/{assetId}' },
    says: ['begin with `raw/`', 'site-note'],
  },
  {
    title: 'a reserved prefix',
    changes: { layout: 'facts/{tenant}/{assetId}' },
    says: ["Mediakeep's own", 'facts/, journal/, packs/'],
  },
  {
    title: 'a prefix inside a reserved one',
    changes: { layout: 'journal/site/{tenant}/{assetId}' },
    says: ['`journal/`'],
  },
  {
    title: 'keys longer than S3 admits',
    changes: {
      layout: `a/{tenant}/{assetId}/${'bcdefgh'
        .split('')
        .map((name) => `{${name}}`)
        .join('/')}`,
      attributes: z.strictObject(Object.fromEntries('bcdefgh'.split('').map((name) => [name, z.string()]))),
    },
    says: ['at most 1024 characters', 'would have 1163'],
  },
  {
    title: 'a file name in the key of a sealed class',
    changes: { seal: true },
    says: ['in a sealed class', 'Take out filename'],
  },
  { title: 'content of no bytes', changes: { maxBytes: 0 }, says: ['.maxBytes` is `0`', 'a whole number from 1'] },
  {
    title: 'content larger than an upload can be',
    changes: { maxBytes: 1001 * GiB(5) },
    says: ['1,000 parts of 5 GiB'],
  },
  { title: 'a class that accepts nothing', changes: { accepts: [] }, says: ['one format at least'] },
  {
    title: 'a format without content type',
    changes: { accepts: [{ format: 'json', contentTypes: [] }] },
    says: ['each with a content type'],
  },
  {
    title: 'sound that is inspected as JSON',
    changes: { accepts: [{ format: 'wav', contentTypes: ['audio/wav'] }] },
    says: ['can read wav'],
  },
  {
    title: 'compressed sound',
    changes: { accepts: [{ format: 'wav', contentTypes: ['audio/wav'] }], inspect: 'audio', compress: 'zstd' },
    says: ['nothing for sound and pictures'],
  },
  {
    title: 'a sealed class without a person',
    changes: { seal: true, subjects: false, layout: 'a/{tenant}/{assetId}' },
    says: ['`true` where `seal` is true'],
  },
  { title: 'phrases without a language', changes: { topic: 'phrase' }, says: ['Add language, intent, variation'] },
  {
    title: 'phrases whose language may be left out',
    changes: {
      topic: 'phrase',
      attributes: z.strictObject({ language: z.string().optional(), intent: z.string(), variation: z.string() }),
    },
    says: ['Add language or'],
  },
  {
    title: 'phrases laid out by case',
    changes: { topic: 'phrase', layout: 'a/{tenant}/{case}/{assetId}' },
    says: ['without `{case}`', 'leave out `topic`'],
  },
  {
    title: 'a cold class without a time',
    changes: { retention: { cold: 'glacier' } },
    says: ['retention.coldAfter` is nothing', 'Set `coldAfter`'],
  },
  {
    title: 'a time without a cold class',
    changes: { retention: { coldAfter: days(90) } },
    says: ['Set `cold` as well'],
  },
  {
    title: 'a transition by the hour',
    changes: { retention: { coldAfter: hours(36), cold: 'glacier' } },
    says: ['S3 counts days'],
  },
  { title: 'a deletion by the minute', changes: { retention: { deleteAfter: 90_000 } }, says: ['whole hours'] },
  {
    title: 'a time past a century',
    changes: { retention: { floor: days(36_526), deleteAfter: days(36_526) } },
    says: ['retention.floor', 'retention.deleteAfter', 'a hundred years at most'],
  },
  { title: 'a deletion at once', changes: { retention: { deleteAfter: 0 } }, says: ['one at least'] },
  {
    title: 'infrequent access before 30 days',
    changes: { retention: { coldAfter: days(29), cold: 'standard-ia' } },
    says: ['days(30) at least'],
  },
  {
    title: 'a transition after the expiry',
    changes: { retention: { coldAfter: days(90), cold: 'glacier', deleteAfter: days(60) } },
    says: ['less than `deleteAfter`, which is days(60)'],
  },
  {
    title: 'a transition on the day of the expiry',
    changes: { retention: { coldAfter: days(90), cold: 'glacier', deleteAfter: days(90) } },
    says: ['never gets cold'],
  },
  {
    title: 'deep archive for less than 180 days',
    changes: { retention: { coldAfter: days(90), cold: 'deep-archive', deleteAfter: days(269) } },
    says: ['days(270) at least: 180 days in `deep-archive`'],
  },
  {
    title: 'glacier for less than 90 days',
    changes: { retention: { coldAfter: days(10), cold: 'glacier', deleteAfter: days(99) } },
    says: ['days(100) at least'],
  },
  {
    title: 'instant retrieval for less than 90 days',
    changes: { retention: { coldAfter: days(10), cold: 'glacier-ir', deleteAfter: days(99) } },
    says: ['days(100) at least'],
  },
  {
    title: 'infrequent access for less than 30 days',
    changes: { retention: { coldAfter: days(30), cold: 'standard-ia', deleteAfter: days(59) } },
    says: ['days(60) at least'],
  },
  {
    title: 'a cold class for objects under 128 KiB',
    changes: { maxBytes: KiB(128), retention: { coldAfter: days(90), cold: 'glacier' } },
    says: ['under 128 KiB', 'Leave out `cold`'],
  },
  {
    title: 'a copy of what is gone tomorrow',
    changes: { retention: { deleteAfter: days(1) } },
    says: ['more than days(2)', 'set `replicate: false`'],
  },
  {
    title: 'a floor past the expiry',
    changes: { retention: { floor: days(60), deleteAfter: days(30) } },
    says: ['at most `deleteAfter`, which is days(30)'],
  },
];
