import { amount } from '../../../core/amount.ts';
import { MediakeepError } from '../../../core/error.ts';
import { landingKey } from '../../../core/key-layout.ts';
import { planParts } from '../../../core/part-plan.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { CompleteUpload, UploadState } from '../../../core/schemas/upload.ts';
import { days } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { findUpload } from '../uploads/state.ts';
import { expectMultipart, openToken, uploadIsGone } from '../uploads/token.ts';

/** The word is kept as long as landing keeps the object, and a day more. */
const wordTtlMs = days(4);

/** Puts the parts together; safe to repeat, since an upload that is complete already answers where it stands. */
export const completeUpload = endpoint({
  operation: 'completeUpload',
  summary: 'Complete a multipart upload',
  description:
    'The CRC32 of the whole is pinned: S3 refuses to put together anything else. 202 means that S3 is still at work; the state of the upload tells the end. Safe to repeat.',
  shapes: { path: AssetPath, body: CompleteUpload },
  answers: { 200: UploadState, 202: UploadState },
  errors: ['not-found', 'gone', 'unprocessable', 'conflict'],
  run: async ({ path: { assetId }, body, caller }, services) => {
    const opened = await openToken({ token: body.token, assetId, operation: 'completeUpload' }, caller, services);
    const { i: uploadId, b: bytes, t: tenant, ...rest } = expectMultipart(opened, services.clock.now());
    checkCount(body.parts.length, bytes);
    if (body.sha256 !== undefined) {
      const expiresAt = Math.ceil((services.clock.now() + wordTtlMs) / 1000);
      const told = await services.words.tell({ tenant, assetId, sha256: body.sha256, expiresAt });
      if (!told) throw otherWord();
    }
    const key = landingKey('multipart', tenant, assetId);
    const { parts, crc32 } = body;
    const completion = await services.landing.completeMultipart({ key, uploadId, bytes, parts, crc32 });
    if (completion === 'completed') return { status: 200, body: { assetId, state: 'landed' } };
    if (completion === 'running') return { status: 202, body: { assetId, state: 'expected' } };
    const state = await findUpload({ ...rest, i: uploadId, b: bytes, t: tenant }, services);
    if (state === undefined) throw uploadIsGone();
    return { status: 200, body: state };
  },
});

const checkCount = (given: number, bytes: number): void => {
  const { count, partBytes } = planParts(bytes);
  if (given === count) return;
  const message = `lists ${amount(given, 'part')}; ${bytes} bytes in parts of ${partBytes} are ${count}`;
  throw new MediakeepError('bad-request', `The body is not valid: /parts ${message}.`, {
    fields: [{ pointer: '/parts', message }],
  });
};

const otherWord = (): MediakeepError =>
  new MediakeepError('unprocessable', 'Another SHA-256 was told for this upload before; abort it and begin again.', {
    fields: [{ pointer: '/sha256', message: 'differs from the one that was told before' }],
  });
