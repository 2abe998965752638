import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { checkClasses } from '../../config/check-classes.ts';
import { findDataClass } from '../../config/data-classes.ts';
import { GiB, KiB } from '../../core/bytes.ts';
import { type DataClass, type DataClassProps, dataClass } from '../../core/data-class.ts';
import { parseVaultKey, vaultKey } from '../../core/key-layout.ts';
import { days, hours } from '../../core/time.ts';

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

const refusals: readonly { title: string; changes: Partial<DataClassProps>; name?: string; says: readonly string[] }[] =
  [
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

const classNamed = (name: string): DataClass => {
  const found = findDataClass(name);
  if (found === undefined) throw new Error(`no class ${name}`);
  return found;
};

describe('the built-in classes serve the five systems', () => {
  it('are twelve and break no rule', () => {
    expect(checkClasses(builtInClasses).map(({ name }) => name)).toEqual([
      'voice-command',
      'raw-audio',
      'raw-text',
      'transcription',
      'translation',
      'analysis',
      'temp',
      'user-file',
      'case-audio',
      'face-sample',
      'face-snapshot',
      'model',
    ]);
  });

  it.each([
    ['raw-audio', { coldAfter: days(90), cold: 'deep-archive' }],
    ['transcription', { coldAfter: days(365), cold: 'glacier' }],
    ['translation', { coldAfter: days(365), cold: 'glacier' }],
    ['analysis', { coldAfter: days(365), cold: 'glacier' }],
    ['temp', { deleteAfter: hours(24) }],
    ['face-snapshot', { deleteAfter: days(30) }],
  ])('%s keeps the times of its system', (name, retention) => {
    expect(classNamed(name).retention).toEqual(retention);
  });

  it.each(['transcription', 'translation', 'analysis'])('%s is compressed', (name) => {
    expect(classNamed(name).compress).toBe('zstd');
  });

  it('seals faces and nothing else', () => {
    expect(builtInClasses.filter(({ seal }) => seal).map(({ name }) => name)).toEqual(['face-sample', 'face-snapshot']);
  });

  it.each([
    ['voice-command', 'voice-commands/t1/hi-IN/light-on/formal-2/01J000000000000000000000AB/a.wav'],
    ['raw-audio', 'raw/audio/t1/2026-01-31/01J000000000000000000000AB/a.wav'],
    ['transcription', 'processed/transcriptions/t1/2026-01-31/01J000000000000000000000AB/a.wav'],
    ['temp', 'temp/processing/t1/2026-01-31/01J000000000000000000000AB/a.wav'],
    ['case-audio', 'cases/audio/t1/C-17/2026-01-31/01J000000000000000000000AB/a.wav'],
    ['face-snapshot', 'faces/snapshots/t1/2026-01-31/s-4711/01J000000000000000000000AB'],
  ])('%s is laid out as %s', (name, key) => {
    const made = vaultKey(classNamed(name), {
      tenant: 't1',
      assetId: '01J000000000000000000000AB',
      date: '2026-01-31',
      filename: 'a.wav',
      case: 'C-17',
      subject: 's-4711',
      attributes: { language: 'hi-IN', intent: 'light-on', variation: 'formal-2' },
    });

    expect(made).toBe(key);
    expect(parseVaultKey(builtInClasses, made)?.dataClass.name).toBe(name);
  });
});
