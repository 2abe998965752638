import type { DatabaseSync } from 'node:sqlite';
import type { ChecksumAlgorithm, ChecksumType } from '../checksums/algorithm.ts';
import type { Segment } from './blobs.ts';
import type { VersionDetail } from './object-version.ts';
import type { Row } from './row.ts';
import { keyBytes, number, text, utf8 } from './row.ts';

/** What Create said of the object to come. */
export interface UploadDetail {
  readonly object: Omit<VersionDetail, 'segments' | 'parts' | 'checksum'>;
  readonly checksumAlgorithm: ChecksumAlgorithm;
  readonly checksumType: ChecksumType;
  /** False where the client named no algorithm and S3 chose. */
  readonly checksumDeclared: boolean;
  readonly initiator: string;
  /** Once completed: the request's list of parts, and which version came of it. */
  readonly completed?: { readonly parts: string; readonly versionId: string; readonly etag: string };
}

/** A multipart upload. */
export interface Upload {
  readonly id: string;
  readonly bucketId: number;
  readonly key: string;
  readonly initiated: number;
  readonly completedAt: number | undefined;
  readonly detail: UploadDetail;
}

/** A part that has arrived. */
export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified: number;
  readonly detail: { readonly segments: readonly Segment[]; readonly checksum: string };
}

/** Where a list of uploads goes on. */
export interface UploadMarker {
  readonly key: string;
  readonly id: string;
}

/** Multipart uploads and their parts. */
export interface UploadStore {
  find(id: string): Upload | undefined;
  add(upload: Omit<Upload, 'completedAt'>): void;
  complete(upload: Upload, at: number, detail: UploadDetail): void;
  remove(id: string): void;
  removeCompletedBefore(time: number): void;
  /** Unfinished uploads by key and then by time. */
  list(bucketId: number, after: UploadMarker, limit: number): Upload[];
  part(id: string, number: number): UploadedPart | undefined;
  parts(id: string, after: number, limit: number): UploadedPart[];
  putPart(id: string, part: UploadedPart): void;
  removeParts(id: string): void;
}

/** Prepares every statement once. */
export const openUploads = (db: DatabaseSync): UploadStore => {
  const select = db.prepare('SELECT * FROM s3_uploads WHERE id = ?');
  const insert = db.prepare('INSERT INTO s3_uploads (id, bucket, key, initiated, detail) VALUES (?, ?, ?, ?, ?)');
  const finish = db.prepare('UPDATE s3_uploads SET completed_at = ?, detail = ? WHERE id = ?');
  const erase = db.prepare('DELETE FROM s3_uploads WHERE id = ?');
  const eraseOld = db.prepare('DELETE FROM s3_uploads WHERE completed_at < ?');
  const listed = db.prepare(
    'SELECT * FROM s3_uploads WHERE bucket = ? AND completed_at IS NULL AND (key, id) > (?, ?) ORDER BY key, id LIMIT ?',
  );
  const onePart = db.prepare('SELECT * FROM s3_parts WHERE upload = ? AND number = ?');
  const someParts = db.prepare('SELECT * FROM s3_parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?');
  const writePart = db.prepare(
    'INSERT OR REPLACE INTO s3_parts (upload, number, size, etag, modified, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const eraseParts = db.prepare('DELETE FROM s3_parts WHERE upload = ?');
  return {
    find(id) {
      const row = select.get(id);
      return row === undefined ? undefined : toUpload(row);
    },
    add({ id, bucketId, key, initiated, detail }) {
      insert.run(id, bucketId, keyBytes(key), initiated, JSON.stringify(detail));
    },
    complete({ id }, at, detail) {
      finish.run(at, JSON.stringify(detail), id);
    },
    remove: (id) => void erase.run(id),
    removeCompletedBefore: (time) => void eraseOld.run(time),
    list: (bucketId, after, limit) => listed.all(bucketId, keyBytes(after.key), after.id, limit).map(toUpload),
    part(id, partNumber) {
      const row = onePart.get(id, partNumber);
      return row === undefined ? undefined : toPart(row);
    },
    parts: (id, after, limit) => someParts.all(id, after, limit).map(toPart),
    putPart(id, { number: partNumber, size, etag, modified, detail }) {
      writePart.run(id, partNumber, size, etag, modified, JSON.stringify(detail));
    },
    removeParts: (id) => void eraseParts.run(id),
  };
};

const toUpload = (row: Row): Upload => ({
  id: text(row, 'id'),
  bucketId: number(row, 'bucket'),
  key: utf8(row, 'key'),
  initiated: number(row, 'initiated'),
  completedAt: row['completed_at'] === null ? undefined : number(row, 'completed_at'),
  detail: JSON.parse(text(row, 'detail')),
});

const toPart = (row: Row): UploadedPart => ({
  number: number(row, 'number'),
  size: number(row, 'size'),
  etag: text(row, 'etag'),
  modified: number(row, 'modified'),
  detail: JSON.parse(text(row, 'detail')),
});
