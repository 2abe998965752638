import { checksumXml } from '../checksums/checksum-xml.ts';
import { requireKey } from '../objects/encryption.ts';
import { requirePermission } from '../objects/permission.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidArgument } from '../protocol/errors.ts';
import { httpDate } from '../protocol/http-date.ts';
import { header } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { targetVersion } from './target-version.ts';

const known = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

/** `GET /{bucket}/{key}?attributes` */
export const getObjectAttributes = (operation: ObjectOperation): void => {
  const { core, request, response, bucket, key } = operation;
  const wanted = (header(request, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', unknown);
  const version = targetVersion(operation, { current: 's3:GetObject', version: 's3:GetObjectVersion' });
  const action = request.query.has('versionId') ? 's3:GetObjectVersionAttributes' : 's3:GetObjectAttributes';
  requirePermission(core, request, bucket, { action, key });
  requireKey(core, request, bucket, { key, encryption: version.detail.encryption, action: 'Decrypt' });
  const parts: Readonly<Record<string, () => string>> = {
    ETag: () => textElement('ETag', version.etag),
    Checksum: () => element('Checksum', checksumXml(version.detail.checksum)),
    ObjectParts: () => partsXml(operation, version),
    StorageClass: () => textElement('StorageClass', version.detail.storageClass),
    ObjectSize: () => textElement('ObjectSize', version.size),
  };
  sendXml(
    response,
    xmlDocument(
      'GetObjectAttributesResponse',
      ...known.filter((name) => wanted.includes(name)).map((name) => parts[name]?.() ?? ''),
    ),
    {
      'last-modified': httpDate(version.modified),
      ...versionIdHeader(bucket, version),
    },
  );
};

const partsXml = ({ request }: ObjectOperation, { detail }: ObjectVersion): string => {
  const { parts, checksum } = detail;
  if (parts === undefined) return '';
  const limit = Math.min(Number(header(request, 'x-amz-max-parts') ?? 1000), 1000);
  const marker = Number(header(request, 'x-amz-part-number-marker') ?? 0);
  if (!Number.isInteger(limit) || limit < 0)
    throw invalidArgument(
      'Argument max-parts must be an integer between 0 and 2147483647',
      'x-amz-max-parts',
      String(limit),
    );
  const following = parts.filter(({ number }) => number > marker);
  const page = following.slice(0, limit);
  const withChecksum = page.some((part) => part.checksum !== undefined);
  return element(
    'ObjectParts',
    textElement('PartsCount', parts.length),
    textElement('PartNumberMarker', marker),
    textElement('NextPartNumberMarker', page.at(-1)?.number ?? marker),
    textElement('MaxParts', limit),
    textElement('IsTruncated', following.length > page.length),
    ...(withChecksum
      ? page.map((part) =>
          element(
            'Part',
            textElement('PartNumber', part.number),
            textElement('Size', part.size),
            checksum === undefined ? '' : textElement(`Checksum${checksum.algorithm}`, part.checksum),
          ),
        )
      : []),
  );
};
