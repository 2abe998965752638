import type { GuardedOperation } from '../../../core/authorization/targets.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';
import { UploadClaims } from '../signing.ts';

/**
 * Opens the token of an upload. What belongs to another tenant or another asset is as unknown as what does not exist; who
 * is no uploader of it needs a role that follows other people's uploads.
 */
export const openToken = async (
  request: { readonly token: string; readonly assetId: string; readonly operation: GuardedOperation },
  caller: Caller,
  { signer, permits }: Services,
): Promise<UploadClaims> => {
  const claims = UploadClaims.safeParse(await signer.verify('upload', request.token)).data;
  if (claims === undefined) {
    throw new MediakeepError(
      'bad-request',
      'The upload token is not one that POST /uploads answered; send it unchanged.',
    );
  }
  if (claims.t !== caller.tenant || claims.a !== request.assetId) throw unknownUpload();
  const target = { type: 'Upload', tenant: claims.t, uploader: claims.u } as const;
  if (!permits(caller, request.operation, target)) {
    throw new MediakeepError(
      'forbidden',
      'This upload was begun by somebody else; only its uploader can go on with it.',
    );
  }
  return claims;
};

/** Claims of a multipart upload that can still go on; throws `gone` past its end, `bad-request` for another method. */
export const expectMultipart = (
  claims: UploadClaims,
  now: number,
): UploadClaims & { readonly i: string; readonly b: number } => {
  const { i, b, m } = claims;
  if (i === undefined || b === undefined) {
    throw new MediakeepError('bad-request', `The upload was begun as \`${m}\`; only a \`multipart\` upload has parts.`);
  }
  if (now >= claims.e * 1000) throw uploadIsGone();
  return { ...claims, i, b };
};

/** Nobody begun this upload, or not here. */
export const unknownUpload = (): MediakeepError =>
  new MediakeepError('not-found', 'There is no such upload in this tenant.');

/** The upload ended without a content. */
export const uploadIsGone = (): MediakeepError =>
  new MediakeepError('gone', 'The upload was aborted or has expired; begin it again with POST /uploads.');
