import type { AssetRow, VersionEntry } from '../../core/catalog/asset-row.ts';
import { canonicalJson } from '../../core/facts.ts';
import type { FactsObject } from '../../core/facts-object.ts';
import { factsKey } from '../../core/key-layout.ts';
import { observe } from '../../core/observe/observe.ts';
import { bringBack } from '../../core/recovery/bring-back.ts';
import { isoTime } from '../../core/time.ts';
import type { RecoverDeps } from './ports.ts';

/** Where an asset's object came from. */
export type BroughtFrom = 'there' | 'uncovered' | 'copiedForward' | 'fromReplica' | 'fromBackup' | 'missing';

/** What became of one asset; ids only. */
export interface BroughtAsset {
  readonly tenant: string;
  readonly assetId: string;
  readonly from: BroughtFrom;
  readonly was: string;
  readonly now?: string;
}

/** How far a pass goes: it only looks, it takes the near places, or those and what a backup restored into isolation. */
export type Pass = 'plan' | 'near' | 'backup';

/** Brings one asset back to what its row of the instant says, from the nearest place, and looks at it afterwards. */
export const bringAssetBack = async (then: AssetRow, pass: Pass, deps: RecoverDeps): Promise<BroughtAsset> => {
  const { tenant, summary, detail } = then;
  const was = detail.currentVersionId ?? '';
  const about = { tenant, assetId: summary.assetId, was };
  const brought = await bringContentBack(then, was, pass, deps);
  if (pass !== 'plan') {
    const look = () => observe({ tenant, assetId: summary.assetId, key: detail.key }, { kind: 'look' }, deps);
    const { row } = await look();
    if (await bringFactsBack(then, row, deps)) await look();
  }
  return { ...about, ...brought };
};

type Brought = Pick<BroughtAsset, 'from' | 'now'>;

const bringContentBack = async (then: AssetRow, versionId: string, pass: Pass, deps: RecoverDeps): Promise<Brought> => {
  const { key } = then.detail;
  const { sha256 } = then.summary;
  const versions = await deps.vault.listVersions(key);
  const way = bringBack(versionId, versions);
  if (way.kind === 'there') return { from: 'there', now: versionId };
  if (way.kind === 'elsewhere' && (await isPacked(then, deps))) return { from: 'there', now: versionId };
  if (await showsSameContent(then, versions, deps)) return { from: 'there', now: versions[0]?.versionId ?? '' };
  if (way.kind === 'uncover') {
    if (pass !== 'plan') for (const marker of way.markers) await deps.objects.removeMarker(key, marker);
    return { from: 'uncovered', now: versionId };
  }
  if (way.kind === 'copy-forward') {
    if (pass === 'plan') return { from: 'copiedForward' };
    const now = await deps.objects.copyForward(key, versionId);
    if (now !== undefined) return { from: 'copiedForward', now };
  }
  if (pass === 'plan') return { from: 'missing' };
  const copied = await deps.objects.fromReplica(key, { versionId });
  if (copied !== undefined) return { from: 'fromReplica', now: copied };
  const restored = pass === 'backup' ? await deps.objects.fromIsolated(key, sha256) : undefined;
  return restored === undefined ? { from: 'missing' } : { from: 'fromBackup', now: restored };
};

/** An earlier try, or somebody else, has brought the same content already. */
const showsSameContent = async (
  { detail: { key }, summary: { sha256 } }: AssetRow,
  [newest]: readonly VersionEntry[],
  { vault }: RecoverDeps,
): Promise<boolean> => {
  if (newest === undefined || newest.marker || sha256 === undefined) return false;
  return (await vault.headVersion(key, newest.versionId))?.sha256 === sha256;
};

const isPacked = async (
  { tenant, summary: { assetId, sha256 } }: AssetRow,
  { catalog }: RecoverDeps,
): Promise<boolean> => {
  if ((await catalog.readPacked(tenant, assetId)) === undefined) return false;
  const row = await catalog.readAsset(tenant, assetId);
  return row?.summary.state === 'stored' && row.summary.sha256 === sha256;
};

/** What was changed after the upload stands in an object of its own; where it says something else now, it is written again. */
const bringFactsBack = async (then: AssetRow, now: AssetRow, deps: RecoverDeps): Promise<boolean> => {
  const { tenant, summary, detail } = then;
  if (now.summary.state !== 'stored' || canonicalJson(now.summary.attributes) === canonicalJson(summary.attributes)) {
    return false;
  }
  const facts: FactsObject = {
    v: 1,
    assetId: summary.assetId,
    tenant,
    key: detail.key,
    attributes: { ...summary.attributes },
    updatedAt: isoTime(deps.clock.now()),
    updatedBy: 'recovery',
  };
  await deps.objects.putFacts(factsKey(tenant, summary.assetId), canonicalJson(facts));
  return true;
};
