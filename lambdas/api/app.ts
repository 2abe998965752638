import { type Context, Hono } from 'hono';
import { MediakeepError } from '../../core/error.ts';
import { routes } from '../../core/routes.ts';
import { admit } from './admission.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { answerFailure } from './failure.ts';
import { GatewayEvent, type GatewayResult, isPreflight, toRequest, toResult } from './gateway-event.ts';
import { queryObject } from './input.ts';
import { parseJsonBody } from './json-body.ts';
import { measureOperation } from './measure.ts';
import { toResponse } from './reply.ts';
import type { Services } from './services.ts';
import { refuseUnknown } from './unknown-route.ts';

/** What the gateway tells about a request besides HTTP. */
interface Env {
  Bindings: { requestId: string; authorizer: unknown };
}

/** The API as a function of the gateway's events. */
export const createApi = (services: Services): ((event: unknown) => Promise<GatewayResult>) => {
  const app = createApp(services);
  return async (received) => {
    const event = GatewayEvent.parse(received);
    const { requestId, authorizer, http } = event.requestContext;
    // The gateway writes the headers that a browser looks for.
    if (isPreflight(event)) return toResult(new Response(null, { status: 204 }));
    // Hono would answer HEAD by the handler of GET, and other spellings of a method as if they were it.
    if (!methods.has(http.method)) return toResult(refuseUnknown(event.rawPath, requestId));
    try {
      return await toResult(await app.fetch(toRequest(event), { requestId, authorizer }));
    } catch (error) {
      return toResult(answerFailure(error, requestId, services.log));
    }
  };
};

const methods: ReadonlySet<string> = new Set(routes.map(({ method }) => method));

const createApp = (services: Services): Hono<Env> => {
  const app = new Hono<Env>({ strict: true });
  for (const { method, path, operation } of routes) {
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) => answer(endpoints[operation], context, services));
  }
  app.notFound(({ req, env }) => refuseUnknown(req.path, env.requestId));
  app.onError((error, { env }) => answerFailure(error, env.requestId, services.log));
  return app;
};

const answer = async (endpoint: Endpoint, context: Context<Env>, services: Services): Promise<Response> => {
  const { req, env } = context;
  const { guarded, operation } = endpoint;
  const began = services.clock.now();
  const request = { authorizer: env.authorizer, tenant: req.header('x-tenant') };
  const caller = guarded === undefined ? undefined : await admit(guarded, request, services);
  const raw = {
    path: req.param(),
    query: queryObject(new URL(req.url).searchParams),
    header: (name: string) => req.header(name),
    body: endpoint.shapes.body === undefined ? undefined : await readBody(context),
  };
  const reply = await endpoint.handle(raw, caller, services);
  if (reply.status < 400) measureOperation(operation, Math.max(0, services.clock.now() - began), services);
  const ids = caller === undefined ? {} : { tenant: caller.tenant, principal: caller.principal };
  services.log.info('answered', { operation, status: reply.status, requestId: env.requestId, ...ids });
  return toResponse(reply, env.requestId);
};

const jsonType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

const readBody = async ({ req }: Context<Env>): Promise<unknown> => {
  if (!jsonType.test(req.header('content-type') ?? '')) {
    throw new MediakeepError('unsupported-media-type', 'Send the body as `Content-Type: application/json`.');
  }
  if (req.header('content-encoding') !== undefined) {
    throw new MediakeepError('unsupported-media-type', 'Send the body without Content-Encoding.');
  }
  return parseJsonBody(new Uint8Array(await req.arrayBuffer()));
};
