import { AssetPath, UploadTokenHeaders } from '../../../core/schemas/primitives.ts';
import { UploadState } from '../../../core/schemas/upload.ts';
import { endpoint } from '../endpoint.ts';
import { findUpload } from '../uploads/state.ts';
import { openToken, uploadIsGone } from '../uploads/token.ts';

/** Tells where an upload stands. */
export const getUpload = endpoint({
  operation: 'getUpload',
  summary: 'State of an upload',
  description:
    '`expected` until the content lands, `landed` while it is verified, then `stored`, `rejected` with the reason, or `duplicate` of an asset that has the same content.',
  shapes: { path: AssetPath, headers: UploadTokenHeaders },
  answers: { 200: UploadState },
  errors: ['not-found', 'gone'],
  run: async ({ path: { assetId }, headers, caller }, services) => {
    const request = { token: headers['upload-token'], assetId, operation: 'getUpload' } as const;
    const claims = await openToken(request, caller, services);
    const state = await findUpload(claims, services);
    if (state !== undefined) return { status: 200, body: state };
    if (services.clock.now() >= claims.e * 1000) throw uploadIsGone();
    return { status: 200, body: { assetId, state: 'expected' } };
  },
});
