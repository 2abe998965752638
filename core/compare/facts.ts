import type { AssetRow } from '../catalog/asset-row.ts';
import { factsKey } from '../key-layout.ts';
import type { Finding } from './finding.ts';
import { type CompareRules, isUnsettled } from './pair.ts';

/** What is known of an asset's facts object: what the vault has, and the row that should have applied it. */
export interface FactsPair {
  readonly tenant: string;
  readonly assetId: string;
  /** The newest version; absent where there is none or where it is a delete marker. */
  readonly stored?: { readonly etag: string; readonly at?: string };
  readonly row?: AssetRow;
  /** It was read and is none, or it tells of another asset or key. */
  readonly isRefused?: boolean;
}

/** Whether the row has applied the facts object that lies in the vault. */
export const compareFacts = (
  { tenant, assetId, stored, row, isRefused }: FactsPair,
  rules: CompareRules,
): readonly Finding[] => {
  if (isRefused) return [refused({ tenant, assetId })];
  if (isUnsettled(stored?.at, rules) || stored?.etag === row?.detail.factsEtag) return [];
  const about = { key: factsKey(tenant, assetId), tenant, assetId, repair: 'safe', action: 'observe' } as const;
  if (row === undefined) {
    return [{ kind: 'orphan', ...about, found: 'A facts object tells of an asset of which the catalog has no row.' }];
  }
  const found =
    stored === undefined
      ? 'The row has applied a facts object that the vault no longer has.'
      : 'The row has not applied the facts object that lies in the vault.';
  return [{ kind: 'mismatch', ...about, dataClass: row.summary.dataClass, fields: ['facts'], found }];
};

const refused = ({ tenant, assetId }: Pick<FactsPair, 'tenant' | 'assetId'>): Finding => ({
  kind: 'mismatch',
  key: factsKey(tenant, assetId),
  tenant,
  assetId,
  fields: ['facts'],
  repair: 'ask',
  action: 'decide',
  found:
    'The facts object is not of the form that the API writes, or names another key; put a right one, or remove it.',
});
