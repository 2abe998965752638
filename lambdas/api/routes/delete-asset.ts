import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { AssetStateAnswer } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { isoTime } from '../../../core/time.ts';
import { assetEtag, expectMatch, IfMatchHeaders } from '../assets/etag.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import type { Services } from '../services.ts';

/** Puts a delete marker over an asset; the bytes stay and undelete brings them back. */
export const deleteAsset = endpoint({
  operation: 'deleteAsset',
  summary: 'Delete an asset',
  description:
    'Soft: a delete marker hides it, and undelete brings it back as long as its versions are kept. Safe to repeat.',
  shapes: { path: AssetPath, headers: IfMatchHeaders },
  answers: { 200: AssetStateAnswer },
  errors: ['not-found', 'gone', 'precondition-failed', 'unprocessable'],
  run: async ({ path: { assetId }, headers, caller }, services) => {
    const row = await findAsset(assetId, 'deleteAsset', caller, services);
    if (headers['if-match'] !== undefined) expectMatch(headers['if-match'], assetEtag(row));
    if (row.summary.state === 'deleted')
      return { status: 200, body: deletedAnswer(assetId, row.versions[0]?.versionId) };
    expectDeletable(row, services);
    return { status: 200, body: deletedAnswer(assetId, await services.vault.delete(row.detail.key)) };
  },
});

const deletedAnswer = (assetId: string, markerVersionId: string | undefined): AssetStateAnswer => ({
  assetId,
  state: 'deleted',
  ...(markerVersionId === undefined ? {} : { markerVersionId }),
});

/** A legal hold and the floor of a class bind everybody. */
const expectDeletable = ({ summary, detail }: AssetRow, { classes, clock }: Services): void => {
  if (detail.legalHold === true) {
    throw new MediakeepError(
      'unprocessable',
      'The asset is under a legal hold; it can be deleted when the hold is released.',
    );
  }
  const floor = classes.find(({ name }) => name === summary.dataClass)?.retention.floor ?? 0;
  const until = Math.max(Date.parse(summary.createdAt) + floor, Date.parse(detail.retainUntil ?? '') || 0);
  if (clock.now() >= until) return;
  throw new MediakeepError('unprocessable', `The asset has to be kept until ${isoTime(until)}; delete it then.`);
};
