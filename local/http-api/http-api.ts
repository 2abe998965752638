import type { Server } from 'node:http';
import type { ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import type { HttpApiModel } from './api-model.ts';
import { apiProviders } from './api-providers.ts';
import { type ApiServerDeps, listen } from './api-server.ts';
import { createSigningKeys, type LocalIssuerKeys } from './signing-keys.ts';
import { createThrottle } from './throttle.ts';

export interface HttpApiDeps
  extends Pick<ServiceDeps, 'clock' | 'newId' | 'log'>,
    Pick<ApiServerDeps, 'iam' | 'invoke' | 'putMetric' | 'writeAccessLog' | 'isDown'> {
  /** The keys of the local user pools, by issuer. */
  readonly issuerKeys: LocalIssuerKeys;
  /** The port for an API of the template; 0 takes any that is free. */
  readonly portFor: (resource: TemplateResource) => number;
}

/** The HTTP APIs of the template (API Gateway v2), each listening on a port of its own. */
export interface HttpApi {
  readonly providers: ResourceProvider[];
  /** The APIs that listen, with their URLs. */
  apis(): readonly { readonly id: string; readonly name: string; readonly url: string }[];
  /** Closes an API whose stack is gone. */
  close(id: string): Promise<void>;
  stop(): Promise<void>;
}

export const createHttpApi = (deps: HttpApiDeps): HttpApi => {
  const open = new Map<string, { model: HttpApiModel; server: Server; url: string }>();
  const serverDeps: ApiServerDeps = {
    ...deps,
    keys: createSigningKeys(deps.clock, deps.issuerKeys),
    throttle: createThrottle(deps.clock),
  };
  const providers = apiProviders({
    get: (id) => open.get(id)?.model,
    async open(resource, { id, name, cors }) {
      const known = open.get(id);
      if (known !== undefined) {
        known.model.cors = cors;
        return known.url;
      }
      const model = emptyModel(resource, { id, name, cors });
      const server = await listen(serverDeps, model, deps.portFor(resource));
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
      open.set(id, { model, server, url });
      return url;
    },
  });
  return {
    providers,
    apis: () => [...open.values()].map(({ model, url }) => ({ id: model.id, name: model.name, url })),
    async close(id) {
      const api = open.get(id);
      open.delete(id);
      if (api !== undefined) await closeServer(api.server);
    },
    async stop() {
      await Promise.all([...open.values()].map(({ server }) => closeServer(server)));
      open.clear();
    },
  };
};

const emptyModel = (
  { region, accountId }: TemplateResource,
  api: Pick<HttpApiModel, 'id' | 'name' | 'cors'>,
): HttpApiModel => ({
  ...api,
  region,
  accountId,
  routes: new Map(),
  integrations: new Map(),
  authorizers: new Map(),
  stages: new Map(),
});

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
