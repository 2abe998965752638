import type { AssetRow, DueRow, HashRow, VersionsPage } from '../catalog/asset-row.ts';
import { type CompanionRow, companionsOf } from '../catalog/companions.ts';
import { indexKeysOf } from '../catalog/index-keys.ts';
import type { TableKey } from '../catalog/keys.ts';
import { claimStaleAfterMs } from '../intake/claim.ts';
import type { VaultKey } from '../key-layout.ts';
import { utcDay } from '../time.ts';
import { isSameVersion } from './differences.ts';
import { isSame } from './is-same.ts';
import type { CompareRules, VaultObject } from './pair.ts';

const indexAttributes = ['g1pk', 'g1sk', 'g2pk', 'g2sk', 'g3pk', 'g3sk', 'g4pk', 'g4sk'] as const;

/** The index keys of a row that do not follow from what the row says. */
export const staleIndexKeys = (row: AssetRow, place: VaultKey): readonly string[] => {
  const expected = indexKeysOf(row.tenant, row.summary, place.dataClass.topic);
  return indexAttributes.filter((name) => row[name] !== expected[name]);
};

/** Which companions of a row are missing or say something else. */
export const staleCompanions = (
  row: AssetRow,
  found: readonly CompanionRow[] | undefined,
  object: VaultObject | undefined,
  rules: CompareRules,
): readonly string[] => {
  if (found === undefined) return [];
  const companions = companionsOf(row, object?.versions ?? row.versions, rules.sizes);
  const standingUnder = finderOf(found);
  const stale: string[] = [];
  for (const expected of companions) {
    const told = judge(expected, standingUnder(expected), row, rules);
    if (told !== undefined) stale.push(told);
  }
  return stale;
};

/** Most assets have a link and a due row, for which an index would cost more than looking at both. */
const fewCompanions = 4;

const finderOf = (found: readonly CompanionRow[]): ((key: TableKey) => CompanionRow | undefined) => {
  if (found.length <= fewCompanions) return (key) => found.find(({ pk, sk }) => sk === key.sk && pk === key.pk);
  const standing = new Map(found.map((companion) => [nameOf(companion), companion]));
  return (key) => standing.get(nameOf(key));
};

const judge = (
  expected: CompanionRow,
  found: CompanionRow | undefined,
  row: AssetRow,
  rules: CompareRules,
): string | undefined => {
  if (expected.kind === 'versions') return judgePage(expected, found);
  return expected.kind === 'due' ? judgeDue(expected, found, rules) : judgeLink(expected, found, row, rules);
};

const judgePage = (expected: VersionsPage, found: CompanionRow | undefined): string | undefined => {
  const same =
    found?.kind === 'versions' &&
    found.versions.length === expected.versions.length &&
    expected.versions.every((version, index) => isSameVersion(version, found.versions[index]));
  return same ? undefined : 'versions-page';
};

/** Once its day has come, a due row is retention's to move or to remove. */
const judgeDue = (expected: DueRow, found: CompanionRow | undefined, { now }: CompareRules): string | undefined => {
  if (expected.dueAt.slice(0, 'YYYY-MM-DD'.length) <= utcDay(now)) return undefined;
  return found?.kind === 'due' && found.dueAt === expected.dueAt && found.key === expected.key ? undefined : 'due';
};

/** Another asset may hold the link of the same content, as long as it has the content or has just claimed it. */
const judgeLink = (
  expected: HashRow,
  found: CompanionRow | undefined,
  row: AssetRow,
  rules: CompareRules,
): string | undefined => {
  if (found?.kind !== 'hash') return 'link';
  if (found.assetId !== expected.assetId) return isHeld(found, row, rules) ? undefined : 'link-holder';
  const same = found.state === 'stored' && found.key === expected.key;
  return same && isSame(found.summary, row.summary) ? undefined : 'link';
};

const isHeld = (link: HashRow, { tenant, summary }: AssetRow, { linkHolder, now }: CompareRules): boolean => {
  const holder = linkHolder?.(tenant, link.assetId) ?? (linkHolder === undefined ? 'unread' : undefined);
  if (holder === 'unread') return true;
  if (link.state === 'claimed') return now - Date.parse(link.claimedAt) < claimStaleAfterMs;
  const { state, sha256, bytes } = holder?.summary ?? {};
  return state === 'stored' && sha256 === summary.sha256 && bytes === summary.bytes;
};

const nameOf = ({ pk, sk }: TableKey): string => `${pk.length} ${pk}${sk}`;
