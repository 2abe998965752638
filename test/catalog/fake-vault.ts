import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { createBucket, type ModelBucket, type ModelVersion } from '../observe/model/bucket.ts';

/** One request as it left the SDK. */
export interface VaultRequest {
  readonly operation: 'HeadObject' | 'GetObject' | 'ListObjectVersions' | 'DeleteObject';
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A vault behind the SDK's own client: the model's bucket, with S3's headers and XML. */
export interface FakeVault {
  readonly client: S3Client;
  readonly bucket: ModelBucket;
  readonly requests: VaultRequest[];
  /** Stands before each request; what it throws, the network does, and what it answers, S3 does. */
  intercept: (request: VaultRequest) => Answer | undefined;
  /** Versions on one page of a list. */
  pageSize: number;
}

export const bucketName = 'keep-vault';

export const fakeVault = (now: () => number): FakeVault => {
  const vault: FakeVault = {
    client: new S3Client({
      region: 'ap-south-1',
      endpoint: 'http://s3.test',
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      // The SDK asks only for `handle` and lets a test stand in for the network.
      requestHandler: { handle: (request: SentRequest) => handle(vault, request) } as never,
    }),
    bucket: createBucket(now),
    requests: [],
    intercept: () => undefined,
    pageSize: 1000,
  };
  return vault;
};

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

const handle = async (vault: FakeVault, sent: SentRequest) => {
  const [, , ...segments] = sent.path.split('/').map(decodeURIComponent);
  const query = Object.fromEntries(
    Object.entries(sent.query ?? {}).map(([name, value]) => [name, String(value ?? '')]),
  );
  const operation =
    'versions' in query
      ? 'ListObjectVersions'
      : ({ HEAD: 'HeadObject', DELETE: 'DeleteObject' }[sent.method] ?? 'GetObject');
  const request = { operation, key: segments.join('/'), query, headers: sent.headers } as VaultRequest;
  vault.requests.push(request);
  const { status, headers = {}, body = '' } = vault.intercept(request) ?? answer(vault, request);
  return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } };
};

const answer = (vault: FakeVault, { operation, key, query }: VaultRequest): Answer => {
  if (operation === 'ListObjectVersions') return listPage(vault, query);
  const versions = vault.bucket.versionsOf(key);
  const version =
    query['versionId'] === undefined ? versions[0] : versions.find(({ versionId }) => versionId === query['versionId']);
  if (operation === 'DeleteObject') {
    vault.bucket.remove(key, query['versionId'] ?? '');
    return { status: 204 };
  }
  if (version === undefined) return { status: 404, body: errorXml(query['versionId'] ? 'NoSuchVersion' : 'NoSuchKey') };
  if (version.marker)
    return {
      status: query['versionId'] === undefined ? 404 : 405,
      headers: { 'x-amz-delete-marker': 'true' },
      body: errorXml(query['versionId'] === undefined ? 'NoSuchKey' : 'MethodNotAllowed'),
    };
  return { status: 200, headers: headersOf(version), body: operation === 'GetObject' ? version.body : '' };
};

const headersOf = ({ head, header, sha256, versionId }: ModelVersion): Record<string, string> => ({
  etag: head?.etag ?? '',
  'last-modified': new Date(head?.at ?? 0).toUTCString(),
  'content-length': String(head?.bytes ?? 0),
  'x-amz-version-id': versionId,
  ...(header === '' ? {} : { 'x-amz-meta-facts': header }),
  ...(sha256 === '' ? {} : { 'x-amz-checksum-sha256': sha256, 'x-amz-checksum-type': 'FULL_OBJECT' }),
  ...(head?.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': head?.storageClass ?? '' }),
  ...(head?.restore === undefined ? {} : { 'x-amz-restore': restoreHeader(head.restore.until) }),
});

const restoreHeader = (until: string | undefined): string =>
  `ongoing-request="false", expiry-date="${new Date(until ?? 0).toUTCString()}"`;

/** All keys that begin with the prefix, as S3 sorts them; markers and versions as they come, newest first. */
const listPage = ({ bucket, pageSize }: FakeVault, query: Readonly<Record<string, string>>): Answer => {
  const all = bucket
    .keys()
    .filter((key) => key.startsWith(query['prefix'] ?? ''))
    .sort()
    .flatMap((key) => bucket.versionsOf(key).map((version, index) => ({ key, version, latest: index === 0 })));
  const after = all.findIndex(
    ({ key, version }) => key === query['key-marker'] && version.versionId === query['version-id-marker'],
  );
  const page = all.slice(after + 1, after + 1 + pageSize);
  const last = page.at(-1);
  const truncated = after + 1 + pageSize < all.length && last !== undefined;
  const next = truncated
    ? `<NextKeyMarker>${encodeForm(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.version.versionId}</NextVersionIdMarker>`
    : '';
  const body = `<ListVersionsResult><IsTruncated>${truncated}</IsTruncated>${next}${page.map(entryXml).join('')}</ListVersionsResult>`;
  return { status: 200, body };
};

const entryXml = ({ key, version, latest }: { key: string; version: ModelVersion; latest: boolean }): string => {
  const { versionId, marker, entry } = version;
  const name = marker ? 'DeleteMarker' : 'Version';
  const content = marker
    ? ''
    : `<Size>${entry.bytes}</Size><ETag>${entry.etag}</ETag><StorageClass>${entry.storageClass}</StorageClass>`;
  return `<${name}><Key>${encodeForm(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${entry.at}</LastModified>${content}</${name}>`;
};

const encodeForm = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

/** An answer with which S3 refuses. */
export const errorXml = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
