import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { comparePair } from '../../core/compare/compare-pair.ts';
import { observe } from '../../core/observe/observe.ts';
import { catalogLimits } from '../../core/observe/write-all.ts';
import type { RecoverDeps } from './ports.ts';

/**
 * Whether an asset's row says what the vault shows of its key, by the comparison that reconciliation goes by. Where they differ
 * it is looked at once more, which is what reconciliation does too: somebody may have written between the two reads.
 */
export const agreesWithVault = async (row: AssetRow, deps: RecoverDeps): Promise<boolean> => {
  if (await isSame(row, deps)) return true;
  const { tenant, summary, detail } = row;
  const looked = await observe({ tenant, assetId: summary.assetId, key: detail.key }, { kind: 'look' }, deps);
  return isSame(looked.row, deps);
};

const isSame = async (row: AssetRow, { vault, clock, locate }: RecoverDeps): Promise<boolean> => {
  const { key, pack } = row.detail;
  const versions = await vault.listVersions(key);
  const pair = { key, entry: { key, row }, ...(versions.length > 0 && { object: { key, versions } }) };
  // The row was written from a look that came after everything that recovery did: nothing is still on its way.
  const rules = { now: clock.now(), settleMs: 0, locate, sizes: catalogLimits, isPacked: () => pack !== undefined };
  return comparePair(pair, rules).length === 0;
};
