import { explain } from '../../../core/retention/explain.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { Why } from '../../../core/schemas/retention.ts';
import { isoTime } from '../../../core/time.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { decided } from '../retention/decided.ts';
import { toHold } from '../retention/hold-shape.ts';

/** Why an asset is kept or goes, in words and rules. */
export const explainAsset = endpoint({
  operation: 'explainAsset',
  summary: 'Explain how long an asset is kept',
  description:
    'What the sweep would decide at this moment, with every rule that decided: hold > floor > erasure > ceiling.',
  shapes: { path: AssetPath },
  answers: { 200: Why },
  errors: ['not-found', 'gone'],
  run: async ({ path: { assetId }, caller }, services) => {
    const row = await findAsset(assetId, 'explainAsset', caller, services);
    const { decision, inputs, holds } = await decided(row, services);
    const { text, reasons } = explain(decision, inputs);
    const { state, deleteAt, coldAt, keepUntil } = decision;
    const body: Why = {
      assetId,
      state,
      ...(deleteAt !== undefined && { deleteAt: isoTime(deleteAt) }),
      ...(coldAt !== undefined && { coldAt: isoTime(coldAt) }),
      ...(keepUntil !== undefined && { keepUntil: isoTime(keepUntil) }),
      storageClass: row.summary.storageClass ?? 'STANDARD',
      ...(row.summary.packId !== undefined && { packId: row.summary.packId }),
      text,
      because: reasons,
      holds: holds.map(({ summary }) => toHold(summary)),
    };
    return { status: 200, body };
  },
});
