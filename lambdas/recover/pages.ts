import { createHash } from 'node:crypto';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { packedKey } from '../../core/catalog/keys.ts';
import { canonicalJson } from '../../core/facts.ts';
import type { JournalRow } from '../../core/journal.ts';
import type { PackedRow } from '../../core/pack/packed-row.ts';
import { type RecoveryProblem, reportFolder } from '../../core/recovery/report.ts';
import { isPutWhereGone, isWrittenBack, type RowChange, rowChange, whereGone } from '../../core/recovery/row-change.ts';
import { hasAsset, hasRow, type RecoveryScope } from '../../core/recovery/scope.ts';
import type { RecoveryTally, VerificationTally } from '../../core/recovery/tally.ts';
import { isReread, verifyAsset } from '../../core/recovery/verify-asset.ts';
import { utcDay } from '../../core/time.ts';
import type { AnyRow, BatchRead } from '../shared/batch-read.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { toPackedRow } from '../shared/packs/packed-item.ts';
import { agreesWithVault } from './agrees-with-vault.ts';
import { type BroughtAsset, bringAssetBack, packedName } from './bring-asset-back.ts';
import { eraseMember, packsOfPage } from './bring-pack-back.ts';
import type { Pass } from './bring-version-back.ts';
import type { RecoverDeps, ScanCursor } from './ports.ts';
import { readsAsItWas } from './read-again.ts';

/** What all pages of one recovery have in common. */
export interface Recovery {
  readonly jobId: string;
  /** The table that holds the rows of the instant. */
  readonly table: string;
  readonly scope: RecoveryScope;
  readonly verify: 'sample' | 'all';
}

/** A cursor has to be there for the first page too. */
export interface PageStart {
  readonly from?: ScanCursor;
}

/** So many assets are looked at side by side. */
const lanes = 10;

/** Brings the rows of one page back, and the objects that they tell of; what became of each asset goes to the report. */
export const recoverPage = async (
  recovery: Recovery,
  { from }: PageStart,
  pass: Pass,
  deps: RecoverDeps,
): Promise<PageAnswer<PageStart, Partial<RecoveryTally>>> => {
  const { rows, next } = await deps.tables.scan(recovery.table, from);
  const erasures = await deps.erasures();
  const inScope = rows.filter(isKeptAsset).filter((row) => hasAsset(recovery.scope, row));
  const assets = inScope.filter((row) => !erasures.has(row));
  const then = deps.rowsOf(recovery.table);
  const page = { pass, packs: packsOfPage(then, pass, deps), packedThen: await packedOf(assets, then) };
  const brought: BroughtAsset[] = [];
  await inParallel(assets, lanes, async (row) => {
    brought.push(await bringAssetBack(row, page, deps));
  });
  const written = await writeRowsBack(changesOf(rows, recovery.scope, deps), pass, deps);
  const changed = brought.filter((asset) => asset.from !== 'there');
  await reportPage(recovery, { from, part: pass }, changed, deps);
  const count = (place: BroughtAsset['from']): number => brought.filter((asset) => asset.from === place).length;
  const tally = {
    assets: assets.length,
    there: count('there'),
    uncovered: count('uncovered'),
    copiedForward: count('copiedForward'),
    fromReplica: count('fromReplica'),
    fromBackup: count('fromBackup'),
    archived: count('archived'),
    missing: count('missing'),
    erased: inScope.length - assets.length,
    ...written,
  };
  return { tally, ...(next !== undefined && { next: { from: next } }) };
};

const isKeptAsset = (row: AnyRow): row is AnyRow & AssetRow =>
  row['kind'] === 'asset' &&
  typeof row['tenant'] === 'string' &&
  typeof row['summary'] === 'object' &&
  row['summary'] !== null &&
  ['stored', 'deleted'].includes(Reflect.get(row['summary'], 'state'));

const packedOf = async (assets: readonly AssetRow[], then: BatchRead): Promise<ReadonlyMap<string, PackedRow>> => {
  const packed = assets.filter(({ detail }) => detail.pack !== undefined);
  const found = await then(packed.map(({ tenant, summary }) => packedKey(tenant, summary.assetId)));
  const rows = new Map(found.map((row) => [nameOf(row), toPackedRow({ ...row })]));
  return new Map(
    packed.flatMap((asset) => {
      const row = rows.get(nameOf(packedKey(asset.tenant, asset.summary.assetId)));
      return row === undefined ? [] : [[packedName(asset), row] as const];
    }),
  );
};

/** A row of the instant, and what becomes of it when its live one is known. */
interface Kept {
  readonly row: JournalRow;
  readonly change: (now: AnyRow | undefined) => RowChange;
}

const changesOf = (rows: readonly AnyRow[], scope: RecoveryScope, { clock }: RecoverDeps): readonly Kept[] => {
  const today = utcDay(clock.now());
  return rows.flatMap((row): readonly Kept[] => {
    if (isWrittenBack(row)) return hasRow(scope, row) ? [{ row, change: (now) => rowChange(row, now) }] : [];
    if (!isPutWhereGone(row, today) || !hasRow(scope, row)) return [];
    return [{ row, change: (now) => whereGone(row, now) }];
  });
};

const liveOf = async (kept: readonly Kept[], { live }: RecoverDeps): Promise<ReadonlyMap<string, AnyRow>> =>
  new Map((await live(kept.map(({ row }) => row))).map((row) => [nameOf(row), row]));

const writeRowsBack = async (
  kept: readonly Kept[],
  pass: Pass,
  deps: RecoverDeps,
): Promise<Pick<RecoveryTally, 'rowsSame' | 'rowsWritten'>> => {
  const live = await liveOf(kept, deps);
  let rowsWritten = 0;
  await inParallel(kept, lanes, async ({ row, change }) => {
    const wanted = change(live.get(nameOf(row)));
    if (wanted.kind === 'same') return;
    // A row that somebody writes at this moment is newer than anything that a recovery knows.
    if (pass === 'plan' || (await deps.writeBack(wanted))) rowsWritten += 1;
  });
  return { rowsSame: kept.length - rowsWritten, rowsWritten };
};

const nameOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk.length} ${pk}${sk}`;

/** Ids, versions and words for problems only: what a list of the report may hold for as long as the audit is kept. */
const reportPage = async (
  { jobId }: Recovery,
  { from, part }: PageStart & { readonly part: Pass | 'problems' },
  entries: readonly object[],
  { reports }: RecoverDeps,
): Promise<void> => {
  if (entries.length === 0) return;
  const name = createHash('sha256').update(canonicalJson({ from })).digest('hex').slice(0, 16);
  await reports.put(`${reportFolder(jobId)}${part}-${name}.json`, canonicalJson(entries), 'application/json');
};

/** Compares the rows of one page with what stands in the live table now, and reads a share of the contents again. */
export const verifyPage = async (
  recovery: Recovery,
  { from }: PageStart,
  deps: RecoverDeps,
): Promise<PageAnswer<PageStart, VerificationTally>> => {
  const { rows, next } = await deps.tables.scan(recovery.table, from);
  const erasures = await deps.erasures();
  const inScope = rows.filter(isKeptAsset).filter((row) => hasAsset(recovery.scope, row));
  const [erased, assets] = [inScope.filter((row) => erasures.has(row)), inScope.filter((row) => !erasures.has(row))];
  await takeOutOfPacks(erased, deps.rowsOf(recovery.table), deps);
  const problems: RecoveryProblem[] = [];
  let reread = 0;
  await inParallel(assets, lanes, async (then) => {
    const { problem, isReread: again } = await verifyOne(then, recovery.verify, deps);
    if (again) reread += 1;
    if (problem !== undefined) problems.push({ tenant: then.tenant, assetId: then.summary.assetId, problem });
  });
  for (const problem of problems) deps.log.error('an asset is not as it was', { ...problem });
  await reportPage(recovery, { from, part: 'problems' }, problems, deps);
  const kept = changesOf(rows, recovery.scope, deps);
  const live = await liveOf(kept, deps);
  const unlike = kept.filter(({ row, change }) => change(live.get(nameOf(row))).kind !== 'same').length;
  const tally = { checked: assets.length, reread, rowsChecked: kept.length, problems: problems.length + unlike };
  return { tally, ...(next !== undefined && { next: { from: next } }) };
};

const takeOutOfPacks = async (erased: readonly AssetRow[], then: BatchRead, deps: RecoverDeps): Promise<void> => {
  const packed = await packedOf(erased, then);
  for (const row of erased) await eraseMember(row, packed.get(packedName(row)), deps);
};

const verifyOne = async (
  then: AssetRow,
  verify: Recovery['verify'],
  deps: RecoverDeps,
): Promise<{ readonly problem?: RecoveryProblem['problem']; readonly isReread: boolean }> => {
  const now = await deps.catalog.readAsset(then.tenant, then.summary.assetId);
  const problem = verifyAsset(then, now);
  if (problem !== undefined || now === undefined) return { problem: problem ?? 'row-missing', isReread: false };
  if (!(await agreesWithVault(now, deps))) return { problem: 'unlike-vault', isReread: false };
  if (!isReread(verify, then.summary.assetId)) return { isReread: false };
  return { isReread: true, ...(!(await readsAsItWas(then, now, deps)) && { problem: 'content-unreadable' as const }) };
};
