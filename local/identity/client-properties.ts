import { z } from 'zod';
import { readProperties, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { TemplateResource } from '../aws/service.ts';
import type { AppClient } from './pool-model.ts';

const texts = z.array(z.string()).default([]);
const Unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

const shape = {
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  GenerateSecret: templateBoolean.default(false),
  AllowedOAuthFlows: z.array(z.enum(['code', 'implicit', 'client_credentials'])).default([]),
  AllowedOAuthFlowsUserPoolClient: templateBoolean.default(false),
  AllowedOAuthScopes: texts,
  CallbackURLs: texts,
  LogoutURLs: texts,
  ExplicitAuthFlows: texts,
  AccessTokenValidity: templateNumber.optional(),
  IdTokenValidity: templateNumber.optional(),
  RefreshTokenValidity: templateNumber.optional(),
  TokenValidityUnits: z
    .strictObject({ AccessToken: Unit.optional(), IdToken: Unit.optional(), RefreshToken: Unit.optional() })
    .optional(),
  EnableTokenRevocation: templateBoolean.default(true),
};

export type ClientProperties = z.output<z.ZodObject<typeof shape>>;

/** Reads an `AWS::Cognito::UserPoolClient`. */
export const clientProperties = (resource: TemplateResource): ClientProperties =>
  readProperties(resource, shape, {
    AnalyticsConfiguration: 'nothing is sent anywhere',
    AuthSessionValidity: 'the local sign-in has one step',
    DefaultRedirectURI: 'clients name their redirect',
    EnablePropagateAdditionalUserContextData: 'there is no threat protection on one machine',
    PreventUserExistenceErrors: 'the local sign-in page lists the users',
    ReadAttributes: 'attributes are told by scope',
    SupportedIdentityProviders: 'the local pool is the only provider',
    WriteAttributes: 'attributes are written by AdminCreateUser alone',
  });

const unitSeconds = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** How long tokens live, in seconds, with Cognito's defaults: an hour, and thirty days for refresh tokens. */
export const readLifetimes = (
  properties: ClientProperties,
): Pick<AppClient, 'accessTokenSeconds' | 'idTokenSeconds' | 'refreshTokenSeconds'> => {
  const units = properties.TokenValidityUnits ?? {};
  return {
    accessTokenSeconds: (properties.AccessTokenValidity ?? 1) * unitSeconds[units.AccessToken ?? 'hours'],
    idTokenSeconds: (properties.IdTokenValidity ?? 1) * unitSeconds[units.IdToken ?? 'hours'],
    refreshTokenSeconds: (properties.RefreshTokenValidity ?? 30) * unitSeconds[units.RefreshToken ?? 'days'],
  };
};

/** Why Cognito would not take a callback or sign-out URL; undefined for one that it takes. */
export const redirectProblem = (text: string): string | undefined => {
  const url = URL.parse(text);
  if (url === null) return 'is not an absolute URL';
  if (text.includes('#')) return 'has a fragment';
  if (url.protocol === 'http:' && url.hostname !== 'localhost') return 'uses http, which is for localhost only';
  return undefined;
};
