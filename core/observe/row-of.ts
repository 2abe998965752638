import { assetIdTime } from '../asset-id.ts';
import type { AssetDetail, AssetPack, AssetRow, AssetSummary, VersionEntry } from '../catalog/asset-row.ts';
import { type CompanionRow, companionsOf, type PageSizes } from '../catalog/companions.ts';
import { indexKeysOf } from '../catalog/index-keys.ts';
import { assetKey } from '../catalog/keys.ts';
import type { DataClass } from '../data-class.ts';
import { decodeFacts, type Facts } from '../facts.ts';
import type { PackedRow } from '../pack/packed-row.ts';
import { days, isoTime } from '../time.ts';
import { type CopyNews, copyExceptionOf } from './copy-state.ts';
import type { VersionHead } from './ports.ts';
import { storableAttributes } from './storable.ts';

/** Which asset was looked at; key and class are empty where nobody knows them. */
export interface Identity {
  readonly tenant: string;
  readonly assetId: string;
  readonly key: string;
  readonly dataClass: DataClass | undefined;
}

/** What one look found. */
export interface Observation {
  readonly identity: Identity;
  /** Newest first. */
  readonly versions: readonly VersionEntry[];
  /** The newest version that is content. */
  readonly current?: VersionHead;
  /** A facts object that names this asset's key. */
  readonly facts?: {
    readonly key: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly etag: string;
  };
  /** The pack that holds the content, where the key itself holds none. */
  readonly packed?: PackedRow;
  /** Whether there is any facts object, applicable or not. */
  readonly factsFound?: boolean;
  /** What was heard of the copy in the second region. */
  readonly copyNews?: CopyNews;
}

/** Something that people should know of, though the row is written. */
export type Notice = 'facts-missing' | 'facts-object-refused' | 'attributes-dropped' | 'link-taken';

/** Past the retention of every queue with its dead letters, and past every replay. */
export const tombstoneMs = days(400);

/** The version as a list shows it. */
export const entryOf = (head: VersionHead): VersionEntry => ({
  versionId: head.versionId,
  at: head.at,
  marker: false,
  bytes: head.bytes,
  etag: head.etag,
  storageClass: head.storageClass,
});

export interface Assembled {
  readonly row: AssetRow;
  readonly companions: readonly CompanionRow[];
  readonly notices: readonly Notice[];
}

/** The rows that an observation makes: what was there before gives only the revision and the time of the first write. */
export const rowOf = (
  seen: Observation,
  previous: AssetRow | undefined,
  { now, sizes }: { readonly now: number; readonly sizes: PageSizes },
): Assembled => {
  const { tenant, assetId } = seen.identity;
  const { summary, detail, notices } =
    seen.current === undefined ? tombstoneOf(seen) : contentOf(seen, seen.current, seen.identity.dataClass);
  const pages = Math.ceil(Math.max(0, seen.versions.length - sizes.inRow) / sizes.inPage);
  const forgettable = seen.versions.length === 0 && seen.factsFound !== true;
  const row: AssetRow = {
    ...assetKey(tenant, assetId),
    kind: 'asset',
    tenant,
    revision: previous === undefined ? now : previous.revision + 1,
    summary,
    detail: { ...detail, ...copyPart(seen, previous), cataloguedAt: cataloguedAt(previous, summary, now) },
    versions: seen.versions.slice(0, sizes.inRow),
    versionCount: seen.versions.length,
    ...(pages === 0 ? {} : { pages, older: olderOf(seen.versions.slice(sizes.inRow)) }),
    ...indexKeysOf(tenant, summary, seen.identity.dataClass?.topic),
    ...(forgettable ? { expiresAt: Math.ceil((now + tombstoneMs) / 1000) } : {}),
  };
  return {
    row,
    companions: companionsOf(row, seen.versions, sizes),
    notices: seen.factsFound === true && seen.facts === undefined ? [...notices, 'facts-object-refused'] : notices,
  };
};

const copyPart = (
  { current, copyNews }: Observation,
  previous: AssetRow | undefined,
): Pick<AssetRow['detail'], 'replication'> => {
  const replication = current && copyExceptionOf(current, copyNews, previous);
  return replication === undefined ? {} : { replication };
};

/** S3 leaves the name of its ordinary class out of some answers. */
const standardStorage = 'STANDARD';

/** What the versions that do not stand in the row take. */
const olderOf = (versions: readonly VersionEntry[]): NonNullable<AssetRow['older']> => {
  const older: Record<string, { versions: number; bytes: number }> = {};
  for (const { marker, storageClass = standardStorage, bytes = 0 } of versions) {
    if (marker) continue;
    const known = older[storageClass] ?? { versions: 0, bytes: 0 };
    older[storageClass] = { versions: known.versions + 1, bytes: known.bytes + bytes };
  }
  return older;
};

/** An asset that comes back was catalogued when it came back. */
const cataloguedAt = (previous: AssetRow | undefined, { state }: AssetSummary, now: number): string =>
  previous === undefined || (previous.summary.state === 'gone' && state !== 'gone')
    ? isoTime(now)
    : previous.detail.cataloguedAt;

type Parts = {
  readonly summary: AssetSummary;
  readonly detail: Omit<AssetDetail, 'cataloguedAt'>;
  readonly notices: readonly Notice[];
};

/** A tombstone keeps no word about content, uploader or subject: only that there was such an asset, and where. */
const tombstoneOf = ({ identity, facts }: Observation): Parts => ({
  summary: {
    assetId: identity.assetId,
    dataClass: identity.dataClass?.name ?? '',
    state: 'gone',
    filename: '',
    contentType: '',
    bytes: 0,
    createdAt: isoTime(assetIdTime(identity.assetId)),
    uploader: '',
    attributes: {},
  },
  detail: { key: identity.key, storageClass: '', ...(facts === undefined ? {} : { factsEtag: facts.etag }) },
  notices: [],
});

const contentOf = (seen: Observation, head: VersionHead, dataClass: DataClass | undefined): Parts => {
  const { identity } = seen;
  const facts = ownFacts(decodeFacts(head.facts), identity);
  const { attributes, dropped } = storableAttributes(seen.facts?.attributes ?? facts?.attributes ?? {});
  const sha256 = head.sha256 ?? facts?.digest;
  const createdAt = creationTime(facts, identity.assetId);
  const summary: AssetSummary = {
    assetId: identity.assetId,
    dataClass: dataClass?.name ?? '',
    state: seen.versions[0]?.marker === true ? 'deleted' : 'stored',
    filename: facts?.filename ?? identity.key.slice(identity.key.lastIndexOf('/') + 1),
    contentType: facts?.contentType ?? head.contentType ?? 'application/octet-stream',
    bytes: head.bytes,
    createdAt,
    uploader: facts?.uploader ?? '',
    attributes,
    ...defined({
      sha256,
      subject: facts?.subject,
      case: facts?.case,
      durationMs: facts?.media?.durationMs,
      width: facts?.media?.width,
      height: facts?.media?.height,
      storageClass: head.storageClass === 'STANDARD' ? undefined : head.storageClass,
      packId: seen.packed?.pack.packId,
    }),
  };
  const notices: Notice[] = [];
  if (facts === undefined) notices.push('facts-missing');
  if (dropped) notices.push('attributes-dropped');
  return { summary, detail: { ...detailOf(seen, head, facts), ...dueOf(createdAt, dataClass) }, notices };
};

const detailOf = (seen: Observation, head: VersionHead, facts: Facts | undefined): Parts['detail'] => ({
  key: seen.identity.key,
  currentVersionId: head.versionId,
  storageClass: head.storageClass,
  ...defined({
    media: facts?.media,
    consent: facts?.consent,
    device: facts?.device,
    checksum: head.checksum,
    restore: head.restore,
    archiving: archivingOf(head),
    archiveStatus: head.archiveStatus,
    pack: seen.packed && packOf(seen.packed),
    legalHold: head.legalHold,
    retainUntil: head.retainUntil,
    landedAt: facts?.landedAt,
    factsEtag: seen.facts?.etag,
  }),
});

/** A tag that sends the object to a class in which it is not yet. */
const archivingOf = ({ archiveTag, storageClass }: VersionHead): string | undefined =>
  archiveTag === storageClass ? undefined : archiveTag;

const packOf = ({ member, pack }: PackedRow): AssetPack => ({
  packId: pack.packId,
  key: pack.key,
  versionId: pack.versionId,
  offset: member.offset,
  storedBytes: member.storedBytes,
});

const dueOf = (createdAt: string, dataClass: DataClass | undefined): { readonly dueAt?: string } => {
  const { deleteAfter } = dataClass?.retention ?? {};
  return deleteAfter === undefined ? {} : { dueAt: isoTime(Date.parse(createdAt) + deleteAfter) };
};

/** The key decides whose object it is: a header that tells another story is not believed at all. */
const ownFacts = (facts: Facts | undefined, { tenant, assetId, dataClass }: Identity): Facts | undefined =>
  facts?.tenant === tenant && facts.assetId === assetId && facts.dataClass === dataClass?.name ? facts : undefined;

const creationTime = (facts: Facts | undefined, assetId: string): string => {
  const told = Date.parse(facts?.createdAt ?? '');
  return isoTime(Number.isNaN(told) ? assetIdTime(assetId) : told);
};

const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } => {
  const there: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in fields) {
    if (fields[name] !== undefined) there[name] = fields[name] as Exclude<T[typeof name], undefined>;
  }
  return there;
};
