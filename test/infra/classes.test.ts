import { describe, expect, it } from 'vitest';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { checkClasses } from '../../config/check-classes.ts';
import { findDataClass } from '../../config/data-classes.ts';
import type { DataClass } from '../../core/data-class.ts';
import { parseVaultKey, vaultKey } from '../../core/key-layout.ts';
import { days, hours } from '../../core/time.ts';

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
    ['analysis', {}],
    ['temp', { deleteAfter: hours(24) }],
    ['face-snapshot', { deleteAfter: days(30) }],
  ])('%s keeps the times of its system', (name, retention) => {
    expect(classNamed(name).retention).toEqual(retention);
  });

  it.each(['transcription', 'translation', 'analysis'])('%s is to be compressed in the archive', (name) => {
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
