import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readProperties, resourceError, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { CorsConfiguration, HttpApiModel, IdentitySource, RateLimit, Route } from './api-model.ts';

/** What the providers need of the service: to open an API and to find it again. */
export interface ApiRegistry {
  /** Starts listening; answers the API's URL. */
  open(resource: TemplateResource, api: Pick<HttpApiModel, 'id' | 'name' | 'cors'>): Promise<string>;
  get(apiId: string): HttpApiModel | undefined;
}

/** Creates the resource types of an HTTP API. */
export const apiProviders = (registry: ApiRegistry): ResourceProvider[] => [
  { type: 'AWS::ApiGatewayV2::Api', create: (resource) => createApi(registry, resource) },
  { type: 'AWS::ApiGatewayV2::Route', create: (resource) => createRoute(registry, resource) },
  { type: 'AWS::ApiGatewayV2::Integration', create: (resource) => createIntegration(registry, resource) },
  { type: 'AWS::ApiGatewayV2::Authorizer', create: (resource) => createAuthorizer(registry, resource) },
  { type: 'AWS::ApiGatewayV2::Stage', create: (resource) => createStage(registry, resource) },
  { type: 'AWS::ApiGatewayV2::Deployment', create: (resource) => createDeployment(registry, resource) },
];

const texts = z.array(z.string()).default([]);
const Cors = z
  .strictObject({
    AllowOrigins: texts,
    AllowMethods: texts,
    AllowHeaders: texts,
    ExposeHeaders: texts,
    AllowCredentials: templateBoolean.default(false),
    MaxAge: templateNumber.optional(),
  })
  .transform(
    (cors): CorsConfiguration => ({
      allowOrigins: cors.AllowOrigins,
      allowMethods: cors.AllowMethods,
      allowHeaders: cors.AllowHeaders,
      exposeHeaders: cors.ExposeHeaders,
      allowCredentials: cors.AllowCredentials,
      maxAgeSeconds: cors.MaxAge,
    }),
  );

const createApi = async (registry: ApiRegistry, resource: TemplateResource): Promise<CreatedResource> => {
  const properties = readProperties(
    resource,
    {
      Name: z.string(),
      ProtocolType: z.literal('HTTP'),
      CorsConfiguration: Cors.optional(),
      DisableExecuteApiEndpoint: z.literal(false).optional(),
    },
    {
      Description: 'it is shown to people only',
      Tags: 'nothing on one machine reads them',
      IpAddressType: 'the API listens on 127.0.0.1',
      RouteSelectionExpression: 'an HTTP API has one only',
    },
  );
  const cors = properties.CorsConfiguration;
  if (cors?.allowCredentials === true && cors.allowOrigins.includes('*')) {
    throw resourceError(resource, '`CorsConfiguration` allows credentials to every origin; name the origins.');
  }
  const id = shortId(resource, 10);
  const endpoint = await registry.open(resource, { id, name: properties.Name, cors });
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: endpoint } };
};

const createIntegration = (registry: ApiRegistry, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      ApiId: z.string(),
      IntegrationType: z.literal('AWS_PROXY'),
      IntegrationUri: z.string(),
      PayloadFormatVersion: z.literal('2.0'),
      TimeoutInMillis: templateNumber.pipe(z.number().min(50).max(30_000)).default(30_000),
    },
    {
      IntegrationMethod: 'a function is always invoked by POST',
      Description: 'it is shown to people only',
      ConnectionType: 'every function is reached inside the platform',
    },
  );
  const id = shortId(resource, 7);
  apiOf(registry, resource, properties.ApiId).integrations.set(id, {
    functionArn: functionArn(resource, properties.IntegrationUri),
    timeoutMs: properties.TimeoutInMillis,
  });
  return { ref: id, attributes: { IntegrationId: id } };
};

const functionArn = (resource: TemplateResource, uri: string): string => {
  const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
  if (/^arn:[^:]+:lambda:[^:]+:[^:]+:function:/.test(arn)) return arn;
  throw resourceError(resource, `\`IntegrationUri\` is ${JSON.stringify(uri)}; it must be the ARN of a function.`);
};

const createRoute = (registry: ApiRegistry, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      ApiId: z.string(),
      RouteKey: z.string().regex(/^(\$default|(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S*)$/),
      Target: z.string().regex(/^integrations\/.+$/),
      AuthorizationType: z.enum(['NONE', 'JWT', 'AWS_IAM']).default('NONE'),
      AuthorizerId: z.string().optional(),
      AuthorizationScopes: texts,
    },
    { OperationName: 'it is shown to people only', ApiKeyRequired: 'an HTTP API has no API keys' },
  );
  const { RouteKey, Target, AuthorizerId } = properties;
  if (properties.AuthorizationType === 'JWT' && AuthorizerId === undefined) {
    throw resourceError(resource, '`AuthorizationType` is JWT without an `AuthorizerId`.');
  }
  const id = shortId(resource, 7);
  apiOf(registry, resource, properties.ApiId).routes.set(RouteKey, {
    key: RouteKey,
    integrationId: Target.slice('integrations/'.length),
    authorization: authorizationOf(properties),
  });
  return { ref: id, attributes: { RouteId: id } };
};

const authorizationOf = (properties: {
  AuthorizationType: 'NONE' | 'JWT' | 'AWS_IAM';
  AuthorizerId?: string | undefined;
  AuthorizationScopes: readonly string[];
}): Route['authorization'] => {
  const { AuthorizationType: type, AuthorizerId: authorizerId, AuthorizationScopes: scopes } = properties;
  if (type === 'AWS_IAM') return { type };
  return authorizerId === undefined ? { type: 'NONE' } : { type: 'JWT', authorizerId, scopes };
};

const createAuthorizer = (registry: ApiRegistry, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, {
    ApiId: z.string(),
    Name: z.string(),
    AuthorizerType: z.literal('JWT'),
    IdentitySource: z.array(z.string()).min(1),
    JwtConfiguration: z.strictObject({ Issuer: z.url(), Audience: z.array(z.string()).min(1).max(50) }),
  });
  const id = shortId(resource, 6);
  apiOf(registry, resource, properties.ApiId).authorizers.set(id, {
    issuer: properties.JwtConfiguration.Issuer,
    audience: properties.JwtConfiguration.Audience,
    identitySources: properties.IdentitySource.map((source) => identitySource(resource, source)),
  });
  return { ref: id, attributes: { AuthorizerId: id } };
};

const identitySource = (resource: TemplateResource, text: string): IdentitySource => {
  const [, place, name] = /^\$request\.(header|querystring)\.(.+)$/.exec(text) ?? [];
  if (name !== undefined && (place === 'header' || place === 'querystring')) return { in: place, name };
  throw resourceError(
    resource,
    `\`IdentitySource\` ${JSON.stringify(text)} is neither a header nor a query parameter.`,
  );
};

const RouteSettings = z.strictObject({
  ThrottlingBurstLimit: templateNumber.optional(),
  ThrottlingRateLimit: z.coerce.number().optional(),
  DetailedMetricsEnabled: templateBoolean.optional(),
  LoggingLevel: z.string().optional(),
  DataTraceEnabled: templateBoolean.optional(),
});

const createStage = (registry: ApiRegistry, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    {
      ApiId: z.string(),
      StageName: z.string().regex(/^(\$default|[\w-]{1,128})$/),
      AutoDeploy: templateBoolean.default(false),
      DeploymentId: z.string().optional(),
      DefaultRouteSettings: RouteSettings.optional(),
      RouteSettings: z.record(z.string(), RouteSettings).default({}),
      AccessLogSettings: z.strictObject({ DestinationArn: z.string(), Format: z.string() }).optional(),
      StageVariables: z.record(z.string(), z.string()).optional(),
    },
    { Description: 'it is shown to people only', Tags: 'nothing on one machine reads them' },
  );
  if (!properties.AutoDeploy && properties.DeploymentId === undefined) {
    throw resourceError(resource, 'it is deployed by nothing: set `AutoDeploy` or `DeploymentId`.');
  }
  const limits = Object.entries(properties.RouteSettings).flatMap(([key, settings]) => {
    const limit = rateLimit(settings);
    return limit === undefined ? [] : [[key, limit] as const];
  });
  const log = properties.AccessLogSettings;
  apiOf(registry, resource, properties.ApiId).stages.set(properties.StageName, {
    name: properties.StageName,
    defaultLimit: rateLimit(properties.DefaultRouteSettings),
    routeLimits: new Map(limits),
    accessLog: log === undefined ? undefined : { destinationArn: log.DestinationArn, format: log.Format },
    variables: properties.StageVariables,
  });
  return { ref: properties.StageName, attributes: {} };
};

const rateLimit = (settings: z.output<typeof RouteSettings> | undefined): RateLimit | undefined => {
  const { ThrottlingBurstLimit: burst, ThrottlingRateLimit: ratePerSecond } = settings ?? {};
  if (burst === undefined && ratePerSecond === undefined) return undefined;
  return { burst: burst ?? Math.ceil(ratePerSecond ?? 0), ratePerSecond: ratePerSecond ?? burst ?? 0 };
};

const createDeployment = (registry: ApiRegistry, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(
    resource,
    { ApiId: z.string(), StageName: z.string().optional() },
    { Description: 'it is shown to people only' },
  );
  apiOf(registry, resource, properties.ApiId);
  const id = shortId(resource, 6);
  return { ref: id, attributes: { DeploymentId: id } };
};

const apiOf = (registry: ApiRegistry, resource: TemplateResource, apiId: string): HttpApiModel => {
  const api = registry.get(apiId);
  if (api === undefined) throw resourceError(resource, `\`ApiId\` ${apiId} is no HTTP API of the template.`);
  return api;
};

/** An id of small letters and digits, the same at every start. */
const shortId = ({ generatedName }: TemplateResource, length: number): string =>
  BigInt(`0x${createHash('sha256').update(generatedName).digest('hex')}`)
    .toString(36)
    .slice(-length);
