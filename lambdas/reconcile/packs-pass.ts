import { needsRestore } from '../../core/archive/archive-class.ts';
import type { Finding } from '../../core/compare/finding.ts';
import type { PackRow, PackState } from '../../core/pack/packed-row.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { ReconcileDeps } from './ports.ts';
import type { Scope } from './scope.ts';
import { settle } from './settle.ts';
import type { Tally } from './tally.ts';
import type { PassProps } from './vault-pass.ts';

/** Which tenant's packs come next. */
export interface PacksCursor {
  /** Absent before the first tenant. */
  readonly tenant?: string;
  readonly page: number;
}

export const firstPacks: PacksCursor = { page: 1 };

/** A pack in the making is looked after by whoever packs. */
const states: readonly PackState[] = ['live', 'settled', 'dirty'];
const lanes = 20;

/**
 * The packs of a tenant, each with a list of its key: a pack that is gone takes up to a thousand contents with it, whose own keys
 * are rightly empty.
 */
export const packsPage = async (
  cursor: PacksCursor,
  { scope, repair, report }: Omit<PassProps, 'prefixes'> & { readonly scope: Scope },
  deps: ReconcileDeps,
): Promise<PageAnswer<PacksCursor, Tally>> => {
  const tenant = cursor.tenant ?? scope.tenant ?? (await deps.lists.nextTenant(undefined));
  const rows = tenant === undefined ? [] : await packsOf(tenant, scope, deps);
  const findings = (await mapInParallel(rows, lanes, (row) => judge(row, deps))).flat();
  const part = `${report}/packs-${String(cursor.page).padStart(6, '0')}`;
  const tally = await settle({ findings, repair, report: part, seen: { keys: 0, rows: rows.length } }, deps);
  const next = scope.tenant === undefined && tenant !== undefined ? await deps.lists.nextTenant(tenant) : undefined;
  return { tally, ...(next !== undefined && { next: { tenant: next, page: cursor.page + 1 } }) };
};

const packsOf = async (tenant: string, { dataClass }: Scope, { packs }: ReconcileDeps): Promise<readonly PackRow[]> => {
  const lists = await Promise.all(states.map((state) => packs.listPacks(tenant, state)));
  const ids = [...new Set(lists.flat().map(({ packId }) => packId))];
  // A list may be behind; the row itself is not.
  const rows = await mapInParallel(ids, lanes, (packId) => packs.readPack(tenant, packId));
  return rows
    .filter((row) => row !== undefined)
    .filter((row) => dataClass === undefined || row.dataClass === dataClass);
};

const judge = async (row: PackRow, deps: ReconcileDeps): Promise<readonly Finding[]> => {
  const { tenant, dataClass, packId, key, versionId, members = 0 } = row;
  if (versionId === undefined || row.state === 'writing') return [];
  const versions = await deps.vault.listVersions(key);
  if (versions[0]?.versionId === versionId) return [];
  // It may have been written anew since its row was read.
  const now = await deps.packs.readPack(tenant, packId);
  if (now?.versionId !== versionId) return [];
  const about = { key, tenant, dataClass, versionIds: [versionId] };
  const lost = `A pack of ${members} contents is not where its row says`;
  if (versions[0]?.marker === false)
    return [{ ...about, kind: 'mismatch', fields: ['pack'], ...safe(`${lost}: another version lies on it.`) }];
  if (versions.length > 0) return [{ ...about, kind: 'phantom', ...ask(`${lost}: a delete marker hides it.`) }];
  return [{ ...about, kind: 'phantom', ...(await fromCopy(row, versionId, lost, deps)) }];
};

const fromCopy = async ({ key }: PackRow, versionId: string, lost: string, deps: ReconcileDeps) => {
  const listed = await deps.listReplica?.({ prefix: key });
  const copies = listed?.keys.find((copied) => copied.key === key)?.versions ?? [];
  const copy = copies.find((version) => version.versionId === versionId && !version.marker);
  if (copy === undefined) return ask(`${lost}, and the second region has no copy.`);
  return needsRestore(copy.storageClass ?? 'STANDARD')
    ? ask(`${lost}; its copy lies in the archive of the second region.`)
    : safe(`${lost}; the second region has a copy.`);
};

const safe = (found: string) => ({ repair: 'safe', action: 'heal', found }) as const;
const ask = (found: string) =>
  ({ repair: 'ask', action: 'decide', found: `${found} \`mediakeep recover\` brings it back.` }) as const;
