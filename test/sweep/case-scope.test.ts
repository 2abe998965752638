import { describe, expect, it } from 'vitest';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { indexKeysOf } from '../../core/catalog/index-keys.ts';
import { staleIndexKeys } from '../../core/compare/stale.ts';
import type { DataClass } from '../../core/data-class.ts';
import { BeginUpload } from '../../core/schemas/upload.ts';
import { indexQueryOf } from '../../lambdas/api/assets/list-query.ts';
import { checkClassRules } from '../../lambdas/api/uploads/class-rules.ts';
import { firstOfScope, type ScopeCursor, scopePage } from '../../lambdas/shared/hold-scope.ts';
import { jobScopePage } from '../../lambdas/shared/job-scope.ts';
import { digest } from '../api/uploads.ts';
import { SweepWorld } from './sweep-world.ts';

const said: Readonly<Record<string, string>> = {
  language: 'hi-IN',
  sourceLanguage: 'hi-IN',
  targetLanguage: 'en-GB',
  intent: 'light-on',
  variation: 'kitchen-1',
  analysis: 'loudness',
  model: 'voices',
  version: 'v1',
};

const uploadOf = ({ name, accepts, attributes }: DataClass, caseId: string | undefined): BeginUpload =>
  BeginUpload.parse({
    class: name,
    filename: 'a',
    contentType: accepts[0]?.contentTypes[0],
    bytes: 1,
    sha256: digest,
    subject: 's-1',
    attributes: Object.fromEntries(Object.entries(said).filter(([attribute]) => attribute in attributes.shape)),
    ...(caseId !== undefined && { case: caseId }),
  });

const heldBy = async (world: SweepWorld, caseId: string): Promise<string[]> => {
  const ids: string[] = [];
  const scope = { scope: 'case', scopeId: caseId } as const;
  for (let cursor: ScopeCursor | undefined = firstOfScope; cursor !== undefined; ) {
    const page = await scopePage('acme', scope, cursor, { index: world.deps.index });
    ids.push(...page.assetIds);
    cursor = page.next;
  }
  return ids.toSorted();
};

const restoredBy = async (world: SweepWorld, caseId: string): Promise<string[]> => {
  const about = { tenant: 'acme', scope: { case: caseId } };
  const { rows } = await jobScopePage(about, {}, { index: world.deps.index, concerns: () => true });
  return rows.map(({ summary }) => summary.assetId);
};

const listedBy = async (world: SweepWorld, caseId: string): Promise<string[]> => {
  const query = indexQueryOf('acme', { case: caseId, state: 'stored', order: 'newest', limit: 50 });
  if (query === undefined) throw new Error('a case is listed by an index');
  const { items } = await world.deps.index.list(query, 50);
  return items.map(({ assetId }) => assetId);
};

describe('what belongs to a case', () => {
  it.each(
    builtInClasses.filter(({ topic }) => topic !== 'phrase').map((dataClass) => [dataClass.name, dataClass] as const),
  )('is listed, restored and held by it, deleted or not: %s', async (name, dataClass) => {
    checkClassRules(dataClass, uploadOf(dataClass, 'C-17'));
    const world = new SweepWorld();
    const of = { dataClass: name, case: 'C-17' };
    const stored = world.store({ ...of, age: 2 });
    const deleted = world.store({ ...of, age: 1, state: 'deleted' });
    world.store({ ...of, age: 1, case: 'C-1' });
    world.store({ ...of, age: 1, state: 'gone' });

    expect(await listedBy(world, 'C-17')).toEqual([stored]);
    expect(await restoredBy(world, 'C-17')).toEqual([stored]);
    expect(await heldBy(world, 'C-17')).toEqual([stored, deleted].toSorted());
  });

  it('is no spoken command, which is listed by its phrase', () => {
    const phrases = builtInClasses.filter(({ topic }) => topic === 'phrase');

    expect(phrases.map(({ name }) => name)).toEqual(['voice-command']);
    for (const dataClass of phrases) {
      expect(() => checkClassRules(dataClass, uploadOf(dataClass, 'C-17'))).toThrow(
        /\/case is not possible.+leave it out/,
      );
      expect(() => checkClassRules(dataClass, uploadOf(dataClass, undefined))).not.toThrow();
    }
  });

  it('is held also where an object in the vault says both case and phrase, or its class is no longer configured', async () => {
    const world = new SweepWorld();
    const both = world.store({ dataClass: 'voice-command', case: 'C-17', age: 1, attributes: said });
    const unknown = world.store({ dataClass: 'no-longer-there', case: 'C-17', age: 2, state: 'deleted' });

    expect(await heldBy(world, 'C-17')).toEqual([both, unknown].toSorted());
  });

  it('is found stale by a comparison where a row was written before its class was listed by case', () => {
    const world = new SweepWorld();
    const dataClass = builtInClasses.find(({ name }) => name === 'raw-audio');
    if (dataClass === undefined) throw new Error('there are recordings');
    for (const state of ['stored', 'deleted'] as const) {
      const row = world.assets.get(world.store({ dataClass: 'raw-audio', case: 'C-17', age: 1, state }));
      if (row === undefined) throw new Error('it is stored');
      const { g4pk, g4sk, ...before } = row;

      expect([g4pk, g4sk].every(Boolean)).toBe(true);
      expect(staleIndexKeys(before, { dataClass, tenant: 'acme', assetId: row.summary.assetId })).toEqual([
        'g4pk',
        'g4sk',
      ]);
      expect(indexKeysOf('acme', { ...row.summary, state: 'gone' }, dataClass.topic)).toEqual({});
    }
  });
});
