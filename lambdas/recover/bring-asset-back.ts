import { needsRestore } from '../../core/archive/archive-class.ts';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { canonicalJson } from '../../core/facts.ts';
import type { FactsObject } from '../../core/facts-object.ts';
import { factsKey } from '../../core/key-layout.ts';
import { observe } from '../../core/observe/observe.ts';
import type { PackedRow } from '../../core/pack/packed-row.ts';
import { isoTime } from '../../core/time.ts';
import { bringMemberBack, type Packs } from './bring-pack-back.ts';
import { type Brought, bringVersionBack, type KnownContent, type Pass } from './bring-version-back.ts';
import type { RecoverDeps } from './ports.ts';

/** What became of one asset; ids only. */
export interface BroughtAsset extends Brought {
  readonly tenant: string;
  readonly assetId: string;
  readonly was: string;
}

/** What is done about the assets of one page. */
export interface AssetPage {
  readonly pass: Pass;
  readonly packs: Packs;
  /** Which pack held an asset at the instant. */
  readonly packedThen: ReadonlyMap<string, PackedRow>;
}

/** Brings one asset back to what its row of the instant says, from the nearest place, and looks at it afterwards. */
export const bringAssetBack = async (then: AssetRow, page: AssetPage, deps: RecoverDeps): Promise<BroughtAsset> => {
  const { tenant, summary, detail } = then;
  const about = { tenant, assetId: summary.assetId, was: detail.currentVersionId ?? '' };
  const brought = await bringContentBack(then, page, deps);
  if (page.pass !== 'plan') {
    const look = () => observe({ tenant, assetId: summary.assetId, key: detail.key }, { kind: 'look' }, deps);
    const { row } = await look();
    if (await bringFactsBack(then, row, deps)) await look();
  }
  return { ...about, ...brought };
};

const bringContentBack = async (then: AssetRow, page: AssetPage, deps: RecoverDeps): Promise<Brought> => {
  const { pass, packs, packedThen } = page;
  const { key } = then.detail;
  const versions = await deps.vault.listVersions(key);
  const isEmpty = versions.every(({ marker }) => marker);
  // Only where the key itself holds nothing does a pack hold the content.
  const held = isEmpty ? await bringMemberBack(then, packedThen.get(packedName(then)), packs, pass, deps) : undefined;
  // A pack that comes out of the archive is waited for, though the second region may keep the member's own version.
  if (held !== undefined && held.from !== 'missing') return held;
  const content = contentOf(then);
  const brought = await bringVersionBack(content, versions, pass, deps);
  const isNew = brought.from !== 'there' && brought.now !== undefined;
  if (isNew && content.isHidden && pass !== 'plan') await deps.objects.hide(key);
  return brought;
};

/** Names an asset among those of a page. */
export const packedName = ({ tenant, summary }: AssetRow): string => `${tenant.length} ${tenant}${summary.assetId}`;

const contentOf = ({ summary, detail }: AssetRow): KnownContent => ({
  key: detail.key,
  versionId: detail.currentVersionId ?? '',
  sha256: summary.sha256,
  checksum: detail.checksum,
  isHidden: summary.state === 'deleted',
  ...(needsRestore(detail.storageClass) && { archiveTo: detail.storageClass }),
});

/** What was changed after the upload stands in an object of its own; where it says something else now, it is written again. */
const bringFactsBack = async (then: AssetRow, now: AssetRow, deps: RecoverDeps): Promise<boolean> => {
  const { tenant, summary, detail } = then;
  if (now.summary.state === 'gone' || canonicalJson(now.summary.attributes) === canonicalJson(summary.attributes)) {
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
