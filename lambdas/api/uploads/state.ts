import { landingKey } from '../../../core/key-layout.ts';
import type { UploadState } from '../../../core/schemas/upload.ts';
import type { Services } from '../services.ts';
import type { UploadClaims } from '../signing.ts';

/**
 * Where an upload stands: what the catalog says, else whether its object lies in landing. Undefined where nothing of it was
 * found; what that means depends on whether it can still come.
 */
export const findUpload = async (
  { t: tenant, a: assetId, m: method }: UploadClaims,
  { catalog, landing }: Pick<Services, 'catalog' | 'landing'>,
): Promise<UploadState | undefined> => {
  const { asset, duplicate, rejected } = await catalog.uploadTraces(tenant, assetId);
  if (asset !== undefined) return { assetId, state: 'stored' };
  if (duplicate !== undefined) return { assetId, state: 'duplicate', duplicateOf: duplicate.duplicateOf };
  if (rejected !== undefined) {
    const { reason, message, rejectedAt } = rejected;
    return { assetId, state: 'rejected', reason, message, rejectedAt };
  }
  return (await landing.holds(landingKey(method, tenant, assetId))) ? { assetId, state: 'landed' } : undefined;
};
