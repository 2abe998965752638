import { assetKey, duplicateKey, rejectedKey } from '../../core/catalog/keys.ts';
import { overdueUploads, stuckUpload } from '../../core/compare/landing.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import type { ReconcileDeps } from './ports.ts';
import { settle } from './settle.ts';
import type { Tally } from './tally.ts';
import { nextPrefix, type PassProps, type PrefixCursor } from './vault-pass.ts';

/** One stretch of landing: uploads that have lain there for so long that somebody must have decided, and nobody has. */
export const landingPage = async (
  cursor: PrefixCursor,
  props: PassProps,
  deps: ReconcileDeps,
): Promise<PageAnswer<PrefixCursor, Tally>> => {
  const prefix = props.prefixes[cursor.prefix];
  const { objects, through } =
    prefix === undefined ? { objects: [] } : await deps.listLanding({ prefix, after: cursor.after });
  const overdue = overdueUploads(objects, deps.clock.now());
  const decisions = overdue.flatMap(({ tenant, assetId }) =>
    [assetKey, rejectedKey, duplicateKey].map((keyOf) => keyOf(tenant, assetId)),
  );
  const decided = new Set((await deps.read(decisions)).map(({ pk }) => pk));
  const stuck = overdue.filter(({ tenant, assetId }) => !decided.has(assetKey(tenant, assetId).pk));
  const report = `${props.report}/landing-${String(cursor.page).padStart(6, '0')}`;
  const seen = { keys: objects.length, rows: 0 };
  const tally = await settle({ findings: stuck.map(stuckUpload), repair: props.repair, report, seen }, deps);
  const next = nextPrefix(cursor, through, props.prefixes);
  return { tally, ...(next && { next }) };
};
