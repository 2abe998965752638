import { apiScope } from '../constructs/identity.ts';
import { eachResource, isDerived, ofType, type Rule } from './rule.ts';
import { at, list, record } from './templates.ts';

const stageType = 'AWS::ApiGatewayV2::Stage';
const apiType = 'AWS::ApiGatewayV2::Api';
const routeType = 'AWS::ApiGatewayV2::Route';
const openRoutes = ['GET /health', 'GET /openapi.json'];
/** Preflights carry no token; open only where a browser may come at all. */
const preflightRoute = 'OPTIONS /{proxy+}';

const isGuarded = eachResource(
  'C74',
  'every route but health, description and, with CORS, preflights wants a token with the scope, or in a failover a signature',
  routeType,
  (route, input) => {
    const { properties } = route;
    const hasCors = ofType(input, apiType).some((api) => api.properties['CorsConfiguration'] !== undefined);
    const open = hasCors ? [...openRoutes, preflightRoute] : openRoutes;
    if (open.includes(String(properties['RouteKey']))) return undefined;
    if (isDerived(route, input))
      return properties['AuthorizationType'] !== 'AWS_IAM' && 'AuthorizationType must be AWS_IAM';
    return (
      (properties['AuthorizationType'] !== 'JWT' ||
        properties['AuthorizerId'] === undefined ||
        !list(properties['AuthorizationScopes']).includes(apiScope)) &&
      `AuthorizationType must be JWT with the scope ${apiScope}`
    );
  },
);

const knowsItsTokens = eachResource(
  'C75',
  'the authorizer knows one issuer and its own clients',
  'AWS::ApiGatewayV2::Authorizer',
  ({ properties }, input) => {
    const issuer = String(at(properties['JwtConfiguration'], 'Issuer') ?? '');
    const pools = ofType(input, 'AWS::Cognito::UserPool').map(({ id }) => `\${${id}}`);
    if (!pools.some((pool) => issuer === `https://cognito-idp.\${AWS::Region}.amazonaws.com/${pool}`)) {
      return 'JwtConfiguration.Issuer must be our user pool';
    }
    const clients = ofType(input, 'AWS::Cognito::UserPoolClient').map(({ id }) => `\${${id}}`);
    const audience = list(at(properties['JwtConfiguration'], 'Audience')).map(String);
    const exact = audience.length === clients.length && clients.every((client) => audience.includes(client));
    return (!exact || audience.length > 50) && 'JwtConfiguration.Audience must be all our clients, 50 at most';
  },
);

const telling = /authorization|body|queryString|querystring|identity\.sourceIp|userAgent/i;

const isLogged = eachResource(
  'C76',
  'every request is logged, without token, body, query and address',
  stageType,
  ({ properties }) => {
    const format = String(at(properties['AccessLogSettings'], 'Format') ?? '');
    if (at(properties['AccessLogSettings'], 'DestinationArn') === undefined || !format.startsWith('{')) {
      return 'AccessLogSettings must name a log group and a JSON format';
    }
    const fields = format.match(/\$context\.[\w.]+/g) ?? [];
    const wrong = fields.filter((field) => telling.test(field));
    return wrong.length > 0 && `the access log must not hold ${wrong.join(', ')}`;
  },
);

const isThrottled = eachResource('C77', 'every route has a throttle', stageType, ({ properties }, input) => {
  const settings = record(properties['RouteSettings']);
  const hasLimits = (value: unknown) => {
    const { ThrottlingRateLimit, ThrottlingBurstLimit } = record(value);
    return Number(ThrottlingRateLimit) > 0 && Number(ThrottlingBurstLimit) > 0;
  };
  if (!hasLimits(properties['DefaultRouteSettings'])) return 'DefaultRouteSettings must have both limits';
  const keys = ofType(input, routeType).map((route) => String(route.properties['RouteKey']));
  const free = keys.filter((key) => key !== '$default' && !hasLimits(settings[key]));
  return free.length > 0 && `RouteSettings must have both limits for ${free.join(', ')}`;
});

const corsIsExact = eachResource('C78', 'CORS of the API is exact', apiType, ({ properties }, input) => {
  const cors = properties['CorsConfiguration'];
  if (cors === undefined) return undefined;
  const preflights = ofType(input, routeType).find((route) => route.properties['RouteKey'] === preflightRoute);
  if (preflights?.properties['AuthorizationType'] !== 'NONE') {
    return `${preflightRoute} must be open, else $default asks every preflight for a token`;
  }
  const values = ['AllowOrigins', 'AllowHeaders', 'AllowMethods'].flatMap((name) => list(at(cors, name)).map(String));
  return (
    (values.some((value) => value.includes('*')) || at(cors, 'AllowCredentials') === true) &&
    'CorsConfiguration must be exact'
  );
});

const wallStandsInFront: Rule = {
  id: 'C80',
  title: 'a web application firewall stands before CloudFront, never at the HTTP API, which cannot have one',
  check: (input) =>
    ofType(input, 'AWS::WAFv2::WebACLAssociation')
      .filter(({ properties }) => /apigateway|\/HttpApi/.test(String(properties['ResourceArn'])))
      .map((resource) => ({ resource, message: 'an HTTP API takes no web ACL; CloudFormation would fail' })),
};

/** Rules over the HTTP API. */
export const apiRules: readonly Rule[] = [
  isGuarded,
  knowsItsTokens,
  isLogged,
  isThrottled,
  corsIsExact,
  wallStandsInFront,
];
