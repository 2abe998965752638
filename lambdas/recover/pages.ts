import { createHash } from 'node:crypto';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { canonicalJson } from '../../core/facts.ts';
import type { JournalRow } from '../../core/journal.ts';
import { isWrittenBack, rowChange } from '../../core/recovery/row-change.ts';
import { hasAsset, hasRow, type RecoveryScope } from '../../core/recovery/scope.ts';
import type { RecoveryTally, VerificationTally } from '../../core/recovery/tally.ts';
import { isReread, verifyAsset } from '../../core/recovery/verify-asset.ts';
import type { AnyRow } from '../shared/batch-read.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { type BroughtAsset, bringAssetBack, type Pass } from './bring-asset-back.ts';
import type { RecoverDeps, ScanCursor } from './ports.ts';

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
  const inScope = rows.filter(isStoredAsset).filter((row) => hasAsset(recovery.scope, row));
  const assets = inScope.filter((row) => !erasures.has(row));
  const brought: BroughtAsset[] = [];
  await inParallel(assets, lanes, async (row) => {
    brought.push(await bringAssetBack(row, pass, deps));
  });
  const people = await writeRowsBack(peopleOf(rows, recovery.scope), pass, deps);
  await reportPage(recovery, { from, pass }, brought, deps);
  const count = (place: BroughtAsset['from']): number => brought.filter((asset) => asset.from === place).length;
  const tally = {
    assets: assets.length,
    there: count('there'),
    uncovered: count('uncovered'),
    copiedForward: count('copiedForward'),
    fromReplica: count('fromReplica'),
    fromBackup: count('fromBackup'),
    missing: count('missing'),
    erased: inScope.length - assets.length,
    ...people,
  };
  return { tally, ...(next !== undefined && { next: { from: next } }) };
};

const isStoredAsset = (row: AnyRow): row is AnyRow & AssetRow =>
  row['kind'] === 'asset' &&
  typeof row['tenant'] === 'string' &&
  typeof row['summary'] === 'object' &&
  row['summary'] !== null &&
  Reflect.get(row['summary'], 'state') === 'stored';

const peopleOf = (rows: readonly AnyRow[], scope: RecoveryScope): JournalRow[] =>
  rows.filter(isWrittenBack).filter((row) => hasRow(scope, row));

const writeRowsBack = async (
  rows: readonly JournalRow[],
  pass: Pass,
  deps: RecoverDeps,
): Promise<Pick<RecoveryTally, 'rowsSame' | 'rowsWritten'>> => {
  const live = new Map((await deps.live(rows)).map((row) => [nameOf(row), row]));
  let rowsWritten = 0;
  await inParallel(rows, lanes, async (row) => {
    const change = rowChange(row, live.get(nameOf(row)));
    if (change.kind === 'same') return;
    // A row that somebody writes at this moment is newer than anything that a recovery knows.
    if (pass === 'plan' || (await deps.writeBack(change))) rowsWritten += 1;
  });
  return { rowsSame: rows.length - rowsWritten, rowsWritten };
};

const nameOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk.length} ${pk}${sk}`;

/** Ids and versions only: what a list of the report may hold for as long as the audit is kept. */
const reportPage = async (
  { jobId }: Recovery,
  { from, pass }: PageStart & { readonly pass: Pass },
  brought: readonly BroughtAsset[],
  { reports }: RecoverDeps,
): Promise<void> => {
  const changed = brought.filter((asset) => asset.from !== 'there');
  if (changed.length === 0) return;
  const name = createHash('sha256').update(canonicalJson({ from })).digest('hex').slice(0, 16);
  await reports.put(`reports/recover/${jobId}/${pass}-${name}.json`, canonicalJson(changed), 'application/json');
};

/** Compares the rows of one page with what stands in the live table now, and reads a share of the contents again. */
export const verifyPage = async (
  recovery: Recovery,
  { from }: PageStart,
  deps: RecoverDeps,
): Promise<PageAnswer<PageStart, VerificationTally>> => {
  const { rows, next } = await deps.tables.scan(recovery.table, from);
  const erasures = await deps.erasures();
  const assets = rows
    .filter(isStoredAsset)
    .filter((row) => hasAsset(recovery.scope, row))
    .filter((row) => !erasures.has(row));
  let problems = 0;
  let reread = 0;
  await inParallel(assets, lanes, async (then) => {
    const now = await deps.catalog.readAsset(then.tenant, then.summary.assetId);
    const problem = verifyAsset(then, now);
    const again = problem === undefined && now !== undefined && isReread(recovery.verify, then.summary.assetId);
    if (again) reread += 1;
    const wrong = again && !(await readsAsItWas(then, now, deps));
    if (problem === undefined && !wrong) return;
    problems += 1;
    deps.log.error('an asset is not as it was', {
      tenant: then.tenant,
      assetId: then.summary.assetId,
      problem: problem ?? 'content-unreadable',
    });
  });
  const people = peopleOf(rows, recovery.scope);
  const live = new Map((await deps.live(people)).map((row) => [nameOf(row), row]));
  problems += people.filter((row) => rowChange(row, live.get(nameOf(row))).kind !== 'same').length;
  const tally = { checked: assets.length, reread, rowsChecked: people.length, problems };
  return { tally, ...(next !== undefined && { next: { from: next } }) };
};

/** What S3 has archived cannot be read without a restore; its checksum was compared with the row. */
const readsAsItWas = async (then: AssetRow, now: AssetRow, { objects }: RecoverDeps): Promise<boolean> => {
  const { currentVersionId, storageClass, restore } = now.detail;
  const isArchived = ['GLACIER', 'DEEP_ARCHIVE'].includes(storageClass) && restore?.ongoing !== false;
  if (isArchived || currentVersionId === undefined || then.summary.sha256 === undefined) return true;
  return (await objects.digest(now.detail.key, currentVersionId)) === then.summary.sha256;
};
