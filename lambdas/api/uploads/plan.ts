import type { Facts } from '../../../core/facts.ts';
import { landingKey } from '../../../core/key-layout.ts';
import { planParts } from '../../../core/part-plan.ts';
import type { UploadPlan } from '../../../core/schemas/upload.ts';
import { hours, isoTime } from '../../../core/time.ts';
import type { Services } from '../services.ts';
import type { UploadClaims } from '../signing.ts';
import type { Way } from './class-rules.ts';

/** How long a signed request is good. */
export const requestTtlSeconds = 900;
/** How long an upload may take: landing drops unfinished multipart uploads after a day. */
export const uploadTtlMs = hours(24);

/** The answer of begin: the token and freshly signed requests for what was decided. */
export const planUpload = async (
  way: Way,
  facts: Facts,
  uploadId: string | undefined,
  { signer, landing, clock }: Services,
): Promise<UploadPlan> => {
  const { assetId, tenant, uploader, dataClass } = facts;
  const key = landingKey(way.method, tenant, assetId);
  const ends = Date.parse(facts.createdAt) + uploadTtlMs;
  const claims: UploadClaims = {
    a: assetId,
    m: way.method,
    t: tenant,
    u: uploader,
    c: dataClass,
    e: Math.floor(ends / 1000),
    ...(uploadId === undefined ? {} : { i: uploadId }),
    ...(way.method === 'post' ? {} : { b: way.bytes }),
  };
  const begun = {
    assetId,
    token: await signer.sign('upload', claims),
    tokenExpiresAt: isoTime(ends),
    expiresAt: isoTime(clock.now() + requestTtlSeconds * 1000),
  };
  const expiresInSeconds = requestTtlSeconds;
  if (way.method === 'put') {
    const { bytes, sha256 } = way;
    return { ...begun, method: 'put', request: await landing.signPut({ key, facts, bytes, sha256, expiresInSeconds }) };
  }
  if (way.method === 'post') {
    return {
      ...begun,
      method: 'post',
      form: await landing.signForm({ key, facts, lengthRange: way.range, expiresInSeconds }),
    };
  }
  if (uploadId === undefined) throw new Error('A multipart upload was begun without an UploadId');
  const plan = planParts(way.bytes);
  const partNumbers = Array.from({ length: plan.count }, (_, index) => index + 1);
  const parts = await landing.signParts({ key, uploadId, plan, partNumbers, expiresInSeconds });
  return { ...begun, method: 'multipart', partBytes: plan.partBytes, parts };
};
