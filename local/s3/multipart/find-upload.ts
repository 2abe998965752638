import type { ObjectOperation } from '../operation.ts';
import { invalidArgument, noSuchUpload } from '../protocol/errors.ts';
import type { Upload } from '../store/uploads.ts';

/** Parts are numbered from 1 to this. */
export const maxPartNumber = 10_000;

/** The upload that a request names, also a completed one; it must be of this bucket and key. */
export const findUpload = ({ core, request, bucket, key }: ObjectOperation): Upload => {
  const id = request.query.get('uploadId') ?? '';
  const upload = core.uploads.find(id);
  if (upload === undefined || upload.bucketId !== bucket.id || upload.key !== key) throw noSuchUpload(id);
  return upload;
};

/** As {@link findUpload}, for what only an upload under way can do. */
export const findOpenUpload = (operation: ObjectOperation): Upload => {
  const upload = findUpload(operation);
  if (upload.completedAt !== undefined) throw noSuchUpload(upload.id);
  return upload;
};

/** The part number of a request. */
export const partNumberOf = ({ request }: ObjectOperation): number => {
  const text = request.query.get('partNumber') ?? '';
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= 1 && number <= maxPartNumber) return number;
  throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
};
