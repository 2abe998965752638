import type { Finding } from '../../core/compare/finding.ts';
import type { AbroadTable } from '../shared/abroad-table.ts';
import type { ReconcileDeps } from './ports.ts';

const rowsAtOnce = 100;

/** The ids of versions that were deleted for good at home and whose copies wait for the next hourly sweep. */
export const pendingReader =
  ({ page }: Pick<AbroadTable, 'page'>): ReconcileDeps['pendingAbroad'] =>
  async () => {
    const ids = new Set<string>();
    let after: string | undefined;
    do {
      const { rows, next } = await page(rowsAtOnce, after);
      for (const { versions } of rows) for (const { versionId } of versions) ids.add(versionId);
      after = next;
    } while (after !== undefined);
    return ids;
  };

/** What the second region still has and is about to lose is no finding. */
export const withoutPending = async (
  findings: readonly Finding[],
  { pendingAbroad }: Pick<ReconcileDeps, 'pendingAbroad'>,
): Promise<readonly Finding[]> => {
  if (!findings.some(({ kind }) => kind === 'left-over')) return findings;
  const pending = await pendingAbroad();
  return findings.filter(
    ({ kind, versionIds = [] }) => kind !== 'left-over' || !versionIds.every((versionId) => pending.has(versionId)),
  );
};
