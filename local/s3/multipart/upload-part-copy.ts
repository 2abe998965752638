import { ContentSink } from '../objects/content-sink.ts';
import { copyResult } from '../objects/copy-object.ts';
import { copySource } from '../objects/copy-source.ts';
import { encryptionHeaders, tagIsMd5 } from '../objects/encryption.ts';
import { maxSinglePutBytes, opaqueTag } from '../objects/put-object.ts';
import type { ByteRange } from '../objects/range.ts';
import { readDigests } from '../objects/read-digests.ts';
import { slicesOf } from '../objects/send-content.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidArgument, invalidRequest } from '../protocol/errors.ts';
import { header } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import type { Segment } from '../store/blobs.ts';
import { partNumberOf } from './find-upload.ts';
import { openUploadForPart, storePart } from './upload-part.ts';

/** `PUT /{bucket}/{key}?partNumber=…&uploadId=…` with `x-amz-copy-source` */
export const uploadPartCopy = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response } = operation;
  const number = partNumberOf(operation);
  const source = copySource(operation);
  const upload = openUploadForPart(operation);
  const { object, checksumAlgorithm } = upload.detail;
  const range = copyRange(header(request, 'x-amz-copy-source-range'), source.version.size);
  const size = range.end - range.start + 1;
  if (size > maxSinglePutBytes) {
    throw invalidRequest(`The specified copy range is larger than the maximum allowable size: ${maxSinglePutBytes}`);
  }
  const md5 = tagIsMd5(object.encryption);
  const { digests, segments } = await copyBytes(operation, source.version.detail.segments, range, {
    algorithms: [checksumAlgorithm],
    md5,
  });
  const etag = md5 && digests.md5 !== undefined ? digests.md5 : opaqueTag(core);
  const value = digests.checksums[checksumAlgorithm] ?? '';
  const modified = core.clock.now();
  storePart(operation, upload, { number, size, etag, modified, detail: { segments, checksum: value } });
  const checksum = { algorithm: checksumAlgorithm, value, type: 'FULL_OBJECT' } as const;
  sendXml(response, copyResult('CopyPartResult', { etag, modified, detail: { checksum } }), {
    ...encryptionHeaders(object.encryption),
    'x-amz-copy-source-version-id': versionIdHeader(source.bucket, source.version)['x-amz-version-id'],
  });
};

/** Whole files get a second name; a stretch of one is copied while its digests are computed. */
const copyBytes = async (
  { core }: ObjectOperation,
  source: readonly Segment[],
  range: ByteRange,
  wanted: Parameters<typeof readDigests>[2],
) => {
  const slices = slicesOf(source, range);
  if (slices.every(({ start, end, bytes }) => start === 0 && end === bytes - 1)) {
    const release = core.garbage.hold();
    try {
      const digests = await readDigests(core, slices, wanted);
      return { digests, segments: slices.map(({ blob, bytes }): Segment => [core.blobs.copy(blob), bytes]) };
    } finally {
      release();
    }
  }
  const sink = new ContentSink(core.blobs);
  try {
    const digests = await readDigests(core, slices, wanted, sink);
    return { digests, segments: await sink.finish() };
  } catch (error) {
    await sink.discard();
    throw error;
  }
};

const copyRange = (text: string | undefined, size: number): ByteRange => {
  if (text === undefined) return { start: 0, end: size - 1 };
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  const name = 'x-amz-copy-source-range';
  if (match === null || start > end) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      name,
      text,
    );
  }
  if (end < size) return { start, end };
  throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, name, text);
};
