import { isoTime } from '../../../core/time.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { invalidArgument } from '../protocol/errors.ts';
import { ownerXml } from '../protocol/owner.ts';
import { pageSize } from '../protocol/page-size.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes } from '../store/row.ts';
import { nullVersionId, sequenceOf } from '../store/version-id.ts';
import { commonPrefix, firstBatchSize, nextBatchSize } from './collect-visible.ts';
import { keyEncoding } from './key-encoding.ts';
import { entryXml, listConditions } from './list-objects.ts';

interface Page {
  readonly entries: (ObjectVersion | { readonly common: string })[];
  readonly truncated: boolean;
}

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly limit: number;
  readonly keyMarker: string;
  readonly versionMarker: string | undefined;
}

/** `GET /{bucket}?versions`: by key, newest version first. */
export const listVersions = (operation: BucketOperation): void => {
  const { core, request, response, bucket } = operation;
  requirePermission(core, request, bucket, { action: 's3:ListBucketVersions', context: listConditions(operation) });
  const { query } = request;
  const encode = keyEncoding(request);
  const wanted = readWanted(operation);
  const { entries, truncated } = collect(operation, wanted);
  const last = truncated ? entries.at(-1) : undefined;
  const nextKey = last === undefined ? undefined : 'common' in last ? last.common : last.key;
  sendXml(
    response,
    xmlDocument(
      'ListVersionsResult',
      textElement('Name', bucket.name),
      textElement('Prefix', encode(wanted.prefix)),
      textElement('KeyMarker', encode(wanted.keyMarker)),
      textElement('VersionIdMarker', wanted.versionMarker ?? ''),
      textElement('NextKeyMarker', nextKey === undefined ? undefined : encode(nextKey)),
      textElement('NextVersionIdMarker', last === undefined || 'common' in last ? undefined : last.versionId),
      textElement('MaxKeys', wanted.limit),
      textElement('Delimiter', wanted.delimiter === undefined ? undefined : encode(wanted.delimiter)),
      textElement('EncodingType', query.get('encoding-type')),
      textElement('IsTruncated', truncated),
      ...entries.map((entry) => ('common' in entry ? '' : versionXml(entry, core.ownerId, encode))),
      ...entries.map((entry) =>
        'common' in entry ? element('CommonPrefixes', textElement('Prefix', encode(entry.common))) : '',
      ),
    ),
  );
};

const readWanted = ({ request }: BucketOperation): Wanted => {
  const { query } = request;
  const versionMarker = query.get('version-id-marker') || undefined;
  const keyMarker = query.get('key-marker') ?? '';
  if (versionMarker !== undefined && keyMarker === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      versionMarker,
    );
  }
  if (versionMarker !== undefined && versionMarker !== nullVersionId && sequenceOf(versionMarker) === undefined) {
    throw invalidArgument('Invalid version id specified', 'version-id-marker', versionMarker);
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') || undefined,
    limit: pageSize(request, 'max-keys'),
    keyMarker,
    versionMarker,
  };
};

const collect = ({ core, bucket }: BucketOperation, wanted: Wanted): Page => {
  const { prefix, delimiter, limit } = wanted;
  const entries: Page['entries'] = [];
  const to = Buffer.concat([keyBytes(prefix), Buffer.from([0xff])]);
  let position = firstPosition({ core, bucket }, wanted);
  let batchSize = firstBatchSize(delimiter);
  for (;;) {
    const left = Math.min(limit - entries.length + 1, batchSize);
    const batch = core.versions.all(
      bucket.id,
      { from: position.from, after: position.after, to },
      position.olderThan,
      left,
    );
    let jumped = false;
    for (const version of batch) {
      if (entries.length >= limit) return { entries, truncated: limit > 0 };
      const common = commonPrefix(version.key, prefix, delimiter);
      if (common === undefined) {
        entries.push(version);
        position = { from: keyBytes(version.key), after: true, olderThan: version.seq };
        continue;
      }
      entries.push({ common });
      position = { from: Buffer.concat([keyBytes(common), Buffer.from([0xff])]), after: true, olderThan: undefined };
      jumped = true;
      break;
    }
    if (!jumped && batch.length < left) return { entries, truncated: false };
    batchSize = nextBatchSize(batchSize, jumped);
  }
};

interface Position {
  readonly from: Buffer;
  readonly after: boolean;
  /** Of the key `from` only versions older than this come. */
  readonly olderThan: number | undefined;
}

const firstPosition = ({ core, bucket }: Pick<BucketOperation, 'core' | 'bucket'>, wanted: Wanted): Position => {
  const { prefix, delimiter, keyMarker, versionMarker } = wanted;
  const start = keyBytes(prefix);
  const marker = keyBytes(keyMarker);
  if (keyMarker === '' || marker.compare(start) < 0) return { from: start, after: false, olderThan: undefined };
  if (versionMarker !== undefined) {
    const seq =
      versionMarker === nullVersionId
        ? core.versions.find(bucket.id, keyMarker, versionMarker)?.seq
        : sequenceOf(versionMarker);
    // A null version that is gone tells no place: the key is listed again rather than a version passed over.
    return { from: marker, after: false, olderThan: seq };
  }
  const passed = keyMarker.startsWith(prefix) && commonPrefix(keyMarker, prefix, delimiter) === keyMarker;
  return { from: passed ? Buffer.concat([marker, Buffer.from([0xff])]) : marker, after: true, olderThan: undefined };
};

const versionXml = (version: ObjectVersion, ownerId: string, encode: (key: string) => string): string =>
  element(
    version.marker ? 'DeleteMarker' : 'Version',
    textElement('Key', encode(version.key)),
    textElement('VersionId', version.versionId),
    textElement('IsLatest', version.current),
    version.marker
      ? textElement('LastModified', isoTime(Math.floor(version.modified / 1000) * 1000))
      : entryXml(version),
    ownerXml('Owner', ownerId),
  );
