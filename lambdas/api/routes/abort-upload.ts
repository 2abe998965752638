import { MediakeepError } from '../../../core/error.ts';
import { landingKey } from '../../../core/key-layout.ts';
import { AssetPath, UploadTokenHeaders } from '../../../core/schemas/primitives.ts';
import { endpoint } from '../endpoint.ts';
import { findUpload } from '../uploads/state.ts';
import { expectMultipart, openToken } from '../uploads/token.ts';

/** Gives up a multipart upload and frees its parts. */
export const abortUpload = endpoint({
  operation: 'abortUpload',
  summary: 'Abort a multipart upload',
  description: 'A single PUT or a form needs no abort: its request ends by itself within 15 minutes. Safe to repeat.',
  shapes: { path: AssetPath, headers: UploadTokenHeaders },
  answers: { 204: undefined },
  errors: ['not-found', 'gone', 'conflict'],
  run: async ({ path: { assetId }, headers, caller }, services) => {
    const token = headers['upload-token'];
    const opened = await openToken({ token, assetId, operation: 'abortUpload' }, caller, services);
    const { i: uploadId, t: tenant } = expectMultipart(opened, services.clock.now());
    const aborted = await services.landing.abortMultipart(landingKey('multipart', tenant, assetId), uploadId);
    if (!aborted && (await findUpload(opened, services)) !== undefined) {
      throw new MediakeepError('conflict', 'The upload is complete already; delete the asset instead.');
    }
    return { status: 204 };
  },
});
