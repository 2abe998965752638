import type { Breakage } from './broken-templates.ts';
import { add, propertiesOf, route, stage } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/api-rules.ts have to see. */
export const apis: readonly Breakage[] = [
  {
    rule: 'C74',
    title: 'an open route',
    spoil: (t) => {
      route(t).AuthorizationType = 'NONE';
    },
  },
  {
    rule: 'C74',
    title: 'a route without scope',
    spoil: (t) => {
      delete route(t).AuthorizationScopes;
    },
  },
  {
    rule: 'C74',
    title: 'an open default route',
    spoil: (t) => {
      route(t, '$default').AuthorizationType = 'NONE';
    },
  },
  {
    rule: 'C74',
    title: 'open preflights where no browser may come',
    spoil: (t) => {
      add(t.service, 'Preflights', 'AWS::ApiGatewayV2::Route', {
        RouteKey: 'OPTIONS /{proxy+}',
        AuthorizationType: 'NONE',
      });
    },
  },
  {
    rule: 'C78',
    title: 'origins whose preflights meet the authorizer',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Api').CorsConfiguration = {
        AllowOrigins: ['https://keep.example.org'],
        AllowMethods: ['GET'],
      };
    },
  },
  {
    rule: 'C75',
    title: 'a foreign issuer',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Authorizer').JwtConfiguration.Issuer = 'https://example.org';
    },
  },
  {
    rule: 'C75',
    title: 'a missing client',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Authorizer').JwtConfiguration.Audience.pop();
    },
  },
  {
    rule: 'C76',
    title: 'no access log',
    spoil: (t) => {
      delete stage(t).AccessLogSettings;
    },
  },
  {
    rule: 'C76',
    title: 'addresses in the access log',
    spoil: (t) => {
      stage(t).AccessLogSettings.Format = '{"ip":"$context.identity.sourceIp"}';
    },
  },
  {
    rule: 'C77',
    title: 'a route without throttle',
    spoil: (t) => {
      delete stage(t).RouteSettings['POST /uploads'];
    },
  },
  {
    rule: 'C77',
    title: 'no default throttle',
    spoil: (t) => {
      delete stage(t).DefaultRouteSettings.ThrottlingRateLimit;
    },
  },
  {
    rule: 'C78',
    title: 'CORS for every origin',
    spoil: ({ service }) => {
      propertiesOf(service, 'AWS::ApiGatewayV2::Api').CorsConfiguration = { AllowOrigins: ['*'] };
    },
  },
  {
    rule: 'C80',
    title: 'a firewall at the HTTP API',
    spoil: ({ service }) =>
      add(service, 'Wall', 'AWS::WAFv2::WebACLAssociation', {
        ResourceArn: 'arn:aws:apigateway:r::/apis/a/stages/$default',
      }),
  },
];
