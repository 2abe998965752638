import type { VersionHead } from '../observe/ports.ts';
import type { PackedRow } from './packed-row.ts';

/** What a HEAD of the packed version said, in the class that its pack goes to. */
export const headOfPacked = ({ member, pack }: PackedRow): VersionHead => {
  const { versionId, at, bytes, etag, contentType, facts, sha256, checksum } = member;
  return {
    versionId,
    at,
    bytes,
    etag,
    storageClass: pack.storageClass,
    ...(contentType === undefined ? {} : { contentType }),
    ...(facts === undefined ? {} : { facts }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(checksum === undefined ? {} : { checksum }),
  };
};

/** Stands for the delete marker that S3 removed because no version lies under it. */
export const packedMarkerId = 'deleted-in-pack';
