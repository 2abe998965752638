/**
 * The one table. Every row has `pk` and `sk`; up to four index pairs (`g1pk`/`g1sk` … `g4pk`/`g4sk`) put it into the
 * overloaded indexes, which carry the attributes `kind` and `summary` besides the keys. Keys begin with the tenant, except
 * those of principals and their rate counters, which exist before a tenant is known, and the list of tenants.
 *
 * | pk | sk | row | written by |
 * |---|---|---|---|
 * | `{t}#asset#{id}` | `asset` | the asset: summary, detail, newest versions, revision; also its tombstone | catalog |
 * | `{t}#asset#{id}` | `versions#{page}` | older versions, 200 a page | catalog |
 * | `{t}#asset#{id}` | `rejected` | why an upload was refused (TTL) | intake |
 * | `{t}#asset#{id}` | `duplicate` | which asset an upload resolved to (TTL) | intake |
 * | `{t}#word#{id}` | `word` | the client's SHA-256 of a multipart upload, told when it was completed (TTL) | api |
 * | `{t}#asset#{id}` | `record#{kind}#{revision}` | a transcription, translation, analysis or note | api |
 * | `{t}#hash#{sha256}#{bytes}` | `{class}#{subject}#{case}` | claim of a content, later the link to its asset with its summary | intake, catalog |
 * | `{t}#due#{day}#{shard}` | `{id}` | what retention has to look at on a day | catalog |
 * | `{t}#case#{id}` | `case`, `participant#{person}`, `note#…` | a case and what belongs to it | api |
 * | `{t}#person#{id}` | `person`, `sample#…`, `attendance#{day}` | a person of the faces | api |
 * | `{t}#event#{kind}` | `{time}#{id}` | camera events | api |
 * | `{t}#voices`, `{t}#languages` | `{id}` | voice profiles, language registry | api |
 * | `{t}#subject#{id}` | `consent#{purpose}#{revision}` | consent receipts | api |
 * | `{t}#hold#{scope}#{id}` | `{hold}` | a legal hold of an asset, case or subject, released ones included | api |
 * | `{t}#retention` | `class#{class}`, `user#{principal}#{class}` | what a tenant or a user says about how long to keep | api |
 * | `-#sweep` | `due` | up to which day the sweep has come | sweep |
 * | `-#abroad` | `{id}` | versions that have to be deleted in the second region too | sweep, archive, api, recover |
 * | `{t}#job#{id}` | `job` | long work; that of the whole deployment stands under the tenant `-` | api, jobs |
 * | `{t}#job#{id}` | `await#{object}` | an object whose restore the job waits for | restore, project |
 * | `{t}#restored#{object}` | `restored` | that S3 has told of a restore, for the jobs that wait for it (TTL) | catalog |
 * | `{t}#packed#{id}` | `packed` | which pack holds an asset, and what its object said; also that it is deleted | archive, api |
 * | `{t}#pack#{id}` | `pack` | a pack object and how far it is | archive |
 * | `{t}#packing` | `{class}` | up to where the class's small objects are packed | archive |
 * | `tenants` | `{t}` | that a tenant is there, since when | `mediakeep tenant create` |
 * | `{t}#audit#{entity}` | `{time}#{id}` | audit entries by asset, actor, subject | stream |
 * | `{t}#idempotency#{principal}#{key}` | `answer` | the answer to repeat (TTL) | api |
 * | `{t}#stats` | `class#{class}#{storage class}#{content type}` | counters of what is kept | project |
 * | `{t}#usage` | `{principal}` | counters of what an uploader keeps | project |
 * | `{t}#growth` | `{day}#{class}` | what was added and removed on a day | project |
 * | `-#projection#{shard}` | `position` | up to where a shard of the stream is counted (TTL) | project |
 * | `principal#{sub}` | `member#{t}` | membership: roles, state | api, `mediakeep tenant create` |
 * | `principal#{sub}` | `rate#{minute}` | requests of a minute (TTL) | api |
 *
 * | index | partition | sort | answers |
 * |---|---|---|---|
 * | `g1` | `{t}#class#{class}` | `{createdAt}#{id}` | assets by class and time |
 * | `g1` | `{t}#deleted#{class}` | `{createdAt}#{id}` | soft-deleted assets, which stand in g3 besides, with a case in g4, and never in g2 |
 * | `g1` | `{t}#cases#{status}` | `{priority}#{id}` | cases by status and priority |
 * | `g1` | `{t}#members` | `{sub}` | members of a tenant |
 * | `g1` | `{t}#holds` | `{placedAt}#{hold}` | holds that are in force |
 * | `g1` | `{t}#people`, `{t}#unknown`, `{t}#jobs#{state}` | name, last seen, time | people, unknown faces, jobs |
 * | `g1` | `{t}#packs#{state}` | `{pack}` | packs by how far they are |
 * | `g1` | `{t}#packed#{pack}` | `{id}` | members of a pack |
 * | `g1` | `{t}#awaited#{object}` | `{job}` | jobs that wait for an object's restore |
 * | `g2` | `{t}#uploader#{sub}` | `{createdAt}#{id}` | assets by uploader |
 * | `g2` | `{t}#person-cases#{person}` | `{case}` | cases of a user |
 * | `g2` | `{t}#packed-deleted` | `{deletedAt}#{id}` | deleted assets of which only a pack holds the content |
 * | `g3` | `{t}#subject#{subject}` | `{createdAt}#{id}` | assets by data subject |
 * | `g4` | `{t}#case#{case}` | `{createdAt}#{id}` | assets by case, of whatever class |
 * | `g4` | `{t}#deleted-case#{case}` | `{createdAt}#{id}` | soft-deleted assets by case |
 * | `g4` | `{t}#phrase#{language}` | `{intent}#{variation}#{createdAt}#{id}` | assets by language, intent, phrase variation, of no case |
 */
export const indexNames = {
  byKind: 'g1-kind',
  byActor: 'g2-actor',
  bySubject: 'g3-subject',
  byTopic: 'g4-topic',
} as const;

/** The key attributes of each index. */
export const indexKeys = {
  'g1-kind': { pk: 'g1pk', sk: 'g1sk' },
  'g2-actor': { pk: 'g2pk', sk: 'g2sk' },
  'g3-subject': { pk: 'g3pk', sk: 'g3sk' },
  'g4-topic': { pk: 'g4pk', sk: 'g4sk' },
} as const;

/** What every index carries besides its keys. */
export const projectedAttributes = ['kind', 'summary'] as const;

/** The attribute in which a row that may vanish keeps its end, in seconds since the epoch. */
export const ttlAttribute = 'expiresAt';

export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/** Joins key segments; a `#` inside a segment is written `%23`, so that no value can reach into another key. */
export const joinKey = (...segments: readonly string[]): string => {
  let key = escapeSegment(segments[0] ?? '');
  for (let index = 1; index < segments.length; index++) key += `#${escapeSegment(segments[index] ?? '')}`;
  return key;
};

const escapeSegment = (segment: string): string =>
  segment.includes('#') || segment.includes('%') ? segment.replaceAll('%', '%25').replaceAll('#', '%23') : segment;

export const assetPk = (tenant: string, assetId: string): string => joinKey(tenant, 'asset', assetId);

export const assetKey = (tenant: string, assetId: string): TableKey => ({ pk: assetPk(tenant, assetId), sk: 'asset' });

export const versionsKey = (tenant: string, assetId: string, page: number): TableKey => ({
  pk: assetPk(tenant, assetId),
  sk: joinKey('versions', String(page).padStart(6, '0')),
});

export const rejectedKey = (tenant: string, assetId: string): TableKey => ({
  pk: assetPk(tenant, assetId),
  sk: 'rejected',
});

export const duplicateKey = (tenant: string, assetId: string): TableKey => ({
  pk: assetPk(tenant, assetId),
  sk: 'duplicate',
});

/**
 * Where a multipart upload's client leaves its word on the SHA-256, which no metadata written at the begin can carry. A
 * partition of its own, because the API writes it and may write nothing beside an asset.
 */
export const wordKey = (tenant: string, assetId: string): TableKey => ({
  pk: joinKey(tenant, 'word', assetId),
  sk: 'word',
});

/** The partitions in which the API writes, as patterns of IAM; a `#` inside a segment is escaped, so that none reaches further. */
export const apiWrites = [
  'principal#*',
  '*#idempotency#*',
  '*#word#*',
  '*#hold#*',
  '*#retention',
  '*#job#*',
  '*#packed#*',
] as const;

/**
 * The claim of one content within a class, for one subject and in one case: what belongs to another case has to be found there
 * too. sha256 is base64 as S3 gives it.
 */
export const hashKey = (content: {
  tenant: string;
  sha256: string;
  bytes: number;
  dataClass: string;
  subject: string | undefined;
  case: string | undefined;
}): TableKey => ({
  pk: hashPk(content.tenant, content.sha256, content.bytes),
  sk: joinKey(content.dataClass, content.subject ?? '', content.case ?? ''),
});

export const hashPk = (tenant: string, sha256: string, bytes: number): string =>
  joinKey(tenant, 'hash', sha256, String(bytes));

/** Due rows of a tenant are spread over this many partitions. */
export const dueShards = 4;

export const duePk = (tenant: string, shard: number): string => joinKey(tenant, 'due', String(shard));

/** The due row of an asset: in the order of days, so that all days up to one are one stretch; its partition follows from its id. */
export const dueKey = (tenant: string, day: string, assetId: string): TableKey => ({
  pk: duePk(tenant, assetId.charCodeAt(assetId.length - 1) % dueShards),
  sk: joinKey(day, assetId),
});

export const memberKey = (principal: string, tenant: string): TableKey => ({
  pk: joinKey('principal', principal),
  sk: joinKey('member', tenant),
});

export const rateKey = (principal: string, minute: number): TableKey => ({
  pk: joinKey('principal', principal),
  sk: joinKey('rate', String(minute)),
});

/** keyDigest: the SHA-256 of the client's key, hex, so that any text fits. */
export const idempotencyKey = (tenant: string, principal: string, keyDigest: string): TableKey => ({
  pk: joinKey(tenant, 'idempotency', principal, keyDigest),
  sk: 'answer',
});

/** The tenant in whose name the work of the whole deployment stands; no tenant of people can be called so. */
export const operatorTenant = '-';

/** What has been deleted for good and has to be deleted in the second region too. */
export const abroadPk = joinKey(operatorTenant, 'abroad');

/** The partition that lists every tenant. */
export const tenantsPk = 'tenants';

export const tenantKey = (tenant: string): TableKey => ({ pk: tenantsPk, sk: tenant });

/** What a legal hold is laid on. */
export type HoldScope = 'asset' | 'case' | 'subject';

export const holdPk = (tenant: string, scope: HoldScope, scopeId: string): string =>
  joinKey(tenant, 'hold', scope, scopeId);

export const holdKey = (tenant: string, scope: HoldScope, scopeId: string, holdId: string): TableKey => ({
  pk: holdPk(tenant, scope, scopeId),
  sk: holdId,
});

export const retentionPk = (tenant: string): string => joinKey(tenant, 'retention');

/** How long a tenant keeps a class, where that differs from the class's own rule. */
export const classRetentionKey = (tenant: string, dataClass: string): TableKey => ({
  pk: retentionPk(tenant),
  sk: joinKey('class', dataClass),
});

/** How long a user wants what they uploaded to be kept. */
export const userRetentionKey = (tenant: string, principal: string, dataClass: string): TableKey => ({
  pk: retentionPk(tenant),
  sk: joinKey('user', principal, dataClass),
});

/** Counters of what a tenant keeps, by class, storage class and content type. */
export const statsPk = (tenant: string): string => joinKey(tenant, 'stats');

export const classCountKey = (
  tenant: string,
  { dataClass, storageClass, contentType }: { dataClass: string; storageClass: string; contentType: string },
): TableKey => ({ pk: statsPk(tenant), sk: joinKey('class', dataClass, storageClass, contentType) });

/** Counters of what each uploader of a tenant keeps. */
export const usagePk = (tenant: string): string => joinKey(tenant, 'usage');

export const uploaderCountKey = (tenant: string, uploader: string): TableKey => ({
  pk: usagePk(tenant),
  sk: joinKey(uploader),
});

/** What came and went in a tenant, day by day. */
export const growthPk = (tenant: string): string => joinKey(tenant, 'growth');

export const growthKey = (tenant: string, day: string, dataClass: string): TableKey => ({
  pk: growthPk(tenant),
  sk: joinKey(day, dataClass),
});

/** Up to where the counters hold what a shard of the table's stream has told. */
export const projectionKey = (shardId: string): TableKey => ({
  pk: joinKey(operatorTenant, 'projection', shardId),
  sk: 'position',
});

/** The partitions in which the stream's function writes, as patterns of IAM. */
export const projectWrites = ['*#stats', '*#usage', '*#growth', '-#projection#*'] as const;

export const jobKey = (tenant: string, jobId: string): TableKey => ({ pk: joinKey(tenant, 'job', jobId), sk: 'job' });

/** An asset or a pack whose restore somebody waits for. */
export type AwaitedObject = `asset:${string}` | `pack:${string}`;

/** That a job waits for the restore of an object. */
export const awaitKey = (tenant: string, jobId: string, object: AwaitedObject): TableKey => ({
  pk: joinKey(tenant, 'job', jobId),
  sk: joinKey('await', object),
});

export const awaitedPartition = (tenant: string, object: AwaitedObject): string => joinKey(tenant, 'awaited', object);

/** Which pack holds an asset. A partition of its own, because packing may write nothing beside an asset. */
export const packedKey = (tenant: string, assetId: string): TableKey => ({
  pk: joinKey(tenant, 'packed', assetId),
  sk: 'packed',
});

/** The partitions in which packing writes, as patterns of IAM. */
export const packWrites = ['*#packed#*', '*#pack#*', '*#packing', abroadPk] as const;

export const packKey = (tenant: string, packId: string): TableKey => ({
  pk: joinKey(tenant, 'pack', packId),
  sk: 'pack',
});

/** Up to where the small objects of a class are packed. */
export const packingPk = (tenant: string): string => joinKey(tenant, 'packing');
export const packingKey = (tenant: string, dataClass: string): TableKey => ({ pk: packingPk(tenant), sk: dataClass });

export const packsPartition = (tenant: string, state: string): string => joinKey(tenant, 'packs', state);
/** Packed assets that were deleted softly; packing erases them when their time is over. */
export const packedDeletedPartition = (tenant: string): string => joinKey(tenant, 'packed-deleted');
export const packMembersPartition = (tenant: string, packId: string): string => joinKey(tenant, 'packed', packId);
export const jobsPartition = (tenant: string, state: string): string => joinKey(tenant, 'jobs', state);
export const holdsPartition = (tenant: string): string => joinKey(tenant, 'holds');
export const classPartition = (tenant: string, dataClass: string): string => joinKey(tenant, 'class', dataClass);
/** Assets whose newest version is a delete marker, in the place of {@link classPartition}. */
export const deletedPartition = (tenant: string, dataClass: string): string => joinKey(tenant, 'deleted', dataClass);
export const uploaderPartition = (tenant: string, uploader: string): string => joinKey(tenant, 'uploader', uploader);
export const subjectPartition = (tenant: string, subject: string): string => joinKey(tenant, 'subject', subject);
export const casePartition = (tenant: string, caseId: string): string => joinKey(tenant, 'case', caseId);
/** Soft-deleted assets of a case, whose bytes a hold covers like the others'. */
export const deletedCasePartition = (tenant: string, caseId: string): string => joinKey(tenant, 'deleted-case', caseId);
export const phrasePartition = (tenant: string, language: string): string => joinKey(tenant, 'phrase', language);
export const membersPartition = (tenant: string): string => joinKey(tenant, 'members');

/** Sorts by time of creation, then by id. */
export const timeSort = (createdAt: string, assetId: string): string => joinKey(createdAt, assetId);
