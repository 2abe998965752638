import { MediakeepError } from '../../../core/error.ts';
import { landingKey } from '../../../core/key-layout.ts';
import { planParts } from '../../../core/part-plan.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { SignedParts, SignParts } from '../../../core/schemas/upload.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { requestTtlSeconds } from '../uploads/plan.ts';
import { expectMultipart, openToken } from '../uploads/token.ts';

/** Signs parts of a multipart upload again, whose URLs have expired or were lost. */
export const signParts = endpoint({
  operation: 'signParts',
  summary: 'Sign parts again',
  shapes: { path: AssetPath, body: SignParts },
  answers: { 200: SignedParts },
  errors: ['not-found', 'gone'],
  run: async ({ path: { assetId }, body, caller }, services) => {
    const opened = await openToken({ token: body.token, assetId, operation: 'signParts' }, caller, services);
    const { i: uploadId, b: bytes, t: tenant } = expectMultipart(opened, services.clock.now());
    const plan = planParts(bytes);
    const wrong = body.partNumbers.findIndex((partNumber) => partNumber > plan.count);
    if (wrong >= 0) {
      const message = `is ${body.partNumbers[wrong]}; this upload has the parts 1 to ${plan.count}`;
      throw new MediakeepError('bad-request', `The body is not valid: /partNumbers/${wrong} ${message}.`, {
        fields: [{ pointer: `/partNumbers/${wrong}`, message }],
      });
    }
    const parts = await services.landing.signParts({
      key: landingKey('multipart', tenant, assetId),
      uploadId,
      plan,
      partNumbers: body.partNumbers,
      expiresInSeconds: requestTtlSeconds,
    });
    const expiresAt = isoTime(services.clock.now() + requestTtlSeconds * 1000);
    return { status: 200, body: { assetId, expiresAt, parts } };
  },
});
