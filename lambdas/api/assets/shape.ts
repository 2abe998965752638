import type { AssetRow, AssetSummary } from '../../../core/catalog/asset-row.ts';
import type { Asset, AssetItem } from '../../../core/schemas/asset.ts';

/** A summary as a list shows it. */
export const toItem = ({ dataClass, state, ...rest }: AssetSummary): AssetItem => ({
  ...rest,
  class: dataClass,
  state: state === 'deleted' ? 'deleted' : 'stored',
  attributes: { ...rest.attributes },
});

/** An asset row as its own page shows it. */
export const toAsset = ({ tenant, summary, detail, versionCount }: AssetRow): Asset => {
  const { factsEtag: _applied, ...told } = detail;
  return { ...toItem(summary), ...told, tenant, versionCount };
};
