import type { FakeAnswer, FakeRequest } from '../client/fake-http.ts';
import type { FakeService, FakeServiceOptions, Route } from '../client/fake-service.ts';
import { startFakeService } from '../client/fake-service.ts';
import { assetIdOf, problem } from '../client/fake-uploads.ts';

export const assetId = assetIdOf(900);
export const content = Buffer.from([0x00, 0xff, 0x0a, 0x0d, 0x1b, 0x80, ...Buffer.from('कखग')]);
/** A name that would clear the terminal if it were printed as it is. */
export const evilName = 'talk\u001b[2J\u202Egnp.wav';

const attributes = {
  type: 'object',
  properties: {
    language: { type: 'string' },
    speakers: { type: 'integer' },
    consented: { type: 'boolean' },
    tags: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
  },
};

const dataClass = (name: string, contentTypes: string[], maxBytes = 1_000_000) => ({
  name,
  accepts: [{ format: 'wav', contentTypes }],
  maxBytes,
  seal: false,
  subjects: false,
  attributes,
});

const item = {
  assetId,
  class: 'raw-audio',
  state: 'stored',
  filename: evilName,
  contentType: 'audio/wav',
  bytes: content.length,
  createdAt: '2026-03-01T00:00:00.000Z',
  uploader: 'asha',
  attributes: { language: 'hi' },
  durationMs: 65_000,
};

const asset = {
  ...item,
  tenant: 'acme',
  key: 'raw/audio/acme/x',
  versionCount: 1,
  storageClass: 'STANDARD',
  restore: { ongoing: true },
  media: { format: 'wav', durationMs: 65_000 },
  cataloguedAt: '2026-03-01T00:00:01.000Z',
};

const member = {
  principal: 'asha',
  tenant: 'acme',
  roles: ['admin'],
  state: 'active',
  createdAt: '2026-03-01T00:00:00Z',
  createdBy: 'x',
};

/** What the deployment remembers of what it was asked. */
export interface Deployment extends FakeService {
  readonly bodies: { route: string; body: unknown; headers: FakeRequest['headers']; query: string }[];
}

const json = (body: unknown, headers: Record<string, string> = {}): FakeAnswer => ({ status: 200, body, headers });

/** A deployment with one asset, two classes and one member. */
export const startDeployment = async (options: FakeServiceOptions = {}): Promise<Deployment> => {
  const bodies: Deployment['bodies'] = [];
  let revision = 1;
  const answers: Record<string, (request: FakeRequest) => FakeAnswer> = {
    'GET /classes': () =>
      json({ items: [dataClass('raw-audio', ['audio/wav', 'audio/mpeg']), dataClass('tiny', ['audio/wav'], 10)] }),
    'GET /me': () => json({ principal: 'asha', kind: 'person', tenant: 'acme', roles: ['admin'], devices: [] }),
    'GET /assets': ({ query }) =>
      json({
        items: [item, { ...item, state: 'deleted' }],
        ...(query.has('cursor') ? {} : { cursor: `c.${'x'.repeat(43)}` }),
      }),
    [`GET /assets/${assetId}`]: () => json(asset, { etag: `"r${revision}"` }),
    [`PATCH /assets/${assetId}`]: ({ headers }) =>
      headers['if-match'] === `"r${revision}"` ? json(asset, { etag: '"r9"' }) : problem(412, 'precondition-failed'),
    [`DELETE /assets/${assetId}`]: () => json({ assetId, state: 'deleted' }),
    [`POST /assets/${assetId}/undelete`]: () => json({ assetId, state: 'stored' }),
    [`GET /assets/${assetId}/versions`]: () =>
      json({
        items: [
          { versionId: 'v2', at: item.createdAt, marker: true },
          { versionId: 'v1', at: item.createdAt, marker: false, bytes: 9 },
        ],
      }),
    [`GET /assets/${assetId}/content`]: () =>
      json({
        assetId,
        versionId: 'v1',
        url: `${service.url}/vault`,
        expiresAt: item.createdAt,
        filename: `../../${evilName}`,
        contentType: 'audio/wav',
        bytes: content.length,
      }),
    'GET /vault': () => ({ status: 200, body: content }),
    'GET /members': () => json({ items: [{ principal: 'asha', roles: ['admin'], state: 'active' }] }),
    'POST /members': () => ({ status: 201, body: { ...member, principal: 'new', state: 'invited' } }),
    'PATCH /members/asha': () => json({ ...member, state: 'suspended' }),
    'DELETE /members/asha': () => ({ status: 204 }),
  };
  const route: Route = (request) => {
    const name = `${request.method} ${request.path}`;
    const text = request.body.toString();
    bodies.push({
      route: name,
      body: text === '' ? undefined : JSON.parse(text),
      headers: request.headers,
      query: request.query.toString(),
    });
    const override = options.route?.(request);
    if (override?.status === 412) revision += 1;
    return override ?? answers[name]?.(request);
  };
  const service = await startFakeService({ looksUntilEnd: 0, ...options, route });
  return Object.assign(service, { bodies });
};
