import { type Rewritten, rewritePack } from './build.ts';
import { type PackDeps, settlePack } from './settle.ts';

/** What was done about the packs of a tenant that are not at their end. */
export interface Resumed {
  readonly settled: number;
  readonly rewritten: number;
  /** Packs with erased members that are restored first to be rewritten, or that a hold protects. */
  readonly waiting: number;
}

/** Brings every pack of a tenant to its end: those that a crash has left, and those with erased members. */
export const resumePacks = async (tenant: string, deps: PackDeps): Promise<Resumed> => {
  const [writing = [], live = [], dirty = []] = await Promise.all(
    (['writing', 'live', 'dirty'] as const).map((state) => deps.table.listPacks(tenant, state)),
  );
  let settled = 0;
  for (const row of [...writing, ...live]) {
    // A list may be behind; the row itself is not.
    const current = await deps.table.readPack(tenant, row.packId);
    if (current !== undefined && (await settlePack(current, deps)).kind !== 'removed') settled += 1;
  }
  // What has just been settled may lack members.
  const toRewrite = settled === 0 ? dirty : await deps.table.listPacks(tenant, 'dirty');
  const ends: Rewritten[] = [];
  for (const { packId } of toRewrite) {
    const current = await deps.table.readPack(tenant, packId);
    if (current !== undefined) ends.push(await rewritePack(current, deps));
  }
  return {
    settled,
    rewritten: ends.filter((end) => end === 'rewritten' || end === 'removed').length,
    waiting: ends.filter((end) => end === 'archived' || end === 'locked').length,
  };
};
