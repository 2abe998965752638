import * as z from 'zod';
import { newAssetId } from '../../../core/asset-id.ts';
import { MediakeepError } from '../../../core/error.ts';
import { landingKey } from '../../../core/key-layout.ts';
import { metricNames } from '../../../core/metric-names.ts';
import { BeginUpload, UploadPlan } from '../../../core/schemas/upload.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders, once } from '../idempotency.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';
import { checkClassRules, chooseWay, findClass } from '../uploads/class-rules.ts';
import { uploadFacts } from '../uploads/facts.ts';
import { planUpload } from '../uploads/plan.ts';

const Decision = z.object({ assetId: z.string(), createdAt: z.string(), uploadId: z.string().optional() });
type Decision = z.infer<typeof Decision>;

/** Admits an upload and signs the requests that bring its content; no asset is written yet. */
export const beginUpload = endpoint({
  operation: 'beginUpload',
  summary: 'Begin an upload',
  description:
    'Says what is about to come and answers requests that S3 accepts as they stand: one PUT up to 16 MiB, a form where the length is not known, parts for everything else. Repeating it with the same `Idempotency-Key` and body answers the same upload with requests signed anew.',
  shapes: { body: BeginUpload, headers: IdempotencyHeaders },
  answers: { 201: UploadPlan },
  errors: ['class-sealed', 'too-large', 'unprocessable', 'idempotency-mismatch', 'conflict'],
  run: async ({ body, headers, caller }, services) => {
    const dataClass = findClass(services.classes, body.class);
    checkDevice(body.device, caller, services);
    const attributes = checkClassRules(dataClass, body);
    const way = chooseWay(body);
    const factsOf = (begun: { assetId: string; createdAt: string }) =>
      uploadFacts(begun, body, attributes, { dataClass, caller });
    const now = services.clock.now();
    const begun: Decision = {
      assetId: newAssetId({ now: () => now, random: services.random }),
      createdAt: isoTime(now),
    };
    const work = async (): Promise<Decision> => {
      const facts = factsOf(begun);
      services.meter.count(metricNames.uploadsBegun, 1, { class: dataClass.name });
      if (way.method !== 'multipart') return begun;
      const key = landingKey('multipart', caller.tenant, begun.assetId);
      return { ...begun, uploadId: await services.landing.createMultipart({ key, facts }) };
    };
    const request = {
      key: headers['idempotency-key'],
      operation: 'beginUpload',
      body,
      outcome: Decision,
      ...(way.method !== 'multipart' && { foreseen: begun }),
    };
    const { uploadId, assetId, createdAt } = await once(request, caller, services, work);
    const plan = await planUpload(way, factsOf({ assetId, createdAt }), uploadId, services);
    return { status: 201, body: plan, headers: { location: `/uploads/${assetId}` } };
  },
});

/** Whoever speaks for a device must be listed with it; a machine with no role but `device` must name one. */
const checkDevice = (device: string | undefined, caller: Caller, { permits }: Services): void => {
  const target = { type: 'Tenant', tenant: caller.tenant } as const;
  if (permits(caller, 'beginUpload', target, device === undefined ? {} : { device })) return;
  const listed = caller.devices.length === 0 ? 'none' : caller.devices.join(', ');
  const message = `must be a device that your membership lists (${listed}); an administrator can add it`;
  throw new MediakeepError('forbidden', `The upload cannot begin: /device ${message}.`, {
    fields: [{ pointer: '/device', message }],
  });
};
