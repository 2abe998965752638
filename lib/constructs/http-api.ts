import { Aws } from 'aws-cdk-lib';
import { CfnApi, CfnAuthorizer, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { type Route, type RouteThrottle, routes } from '../../core/routes.ts';
import { acknowledge } from './acknowledge.ts';
import { apiScope, type Identity } from './identity.ts';
import { keepLogGroup } from './keep-log-group.ts';

export interface HttpApiProps {
  readonly deployment: Deployment;
  readonly function: LambdaFunction;
  /** Whose tokens are admitted. @default callers sign with AWS credentials instead */
  readonly identity?: Identity;
  readonly messagesKey: IKey;
}

/** Requests over all callers that a route admits where the list of routes says nothing; the gateway's own default is the account's whole quota. */
const defaultThrottle: RouteThrottle = { ratePerSecond: 500, burst: 1000 };

/** What a line of the access log says: no token, no query, no body, no address. */
const accessLogFields = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  bytes: '$context.responseLength',
  principal: '$context.authorizer.claims.sub',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

/**
 * The HTTP API: one integration with one permission, every route behind the token except the two that are open and, with
 * origins, the one that takes preflights.
 */
export class HttpApi extends Construct {
  readonly api: CfnApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { deployment } = props;
    this.api = new CfnApi(this, 'Default', {
      name: `${deployment.name}`,
      protocolType: 'HTTP',
      ...(deployment.corsOrigins.length > 0 && { corsConfiguration: cors(deployment.corsOrigins) }),
    });
    const target = `integrations/${this.addIntegration(props.function).ref}`;
    const authorizer = props.identity && this.addAuthorizer(props.identity);
    const stage = this.addStage(props);
    const preflights = deployment.corsOrigins.length > 0 ? [preflightRoute] : [];
    for (const route of [...routes, ...preflights, unknownRoute])
      stage.addResourceDependency(this.addRoute(route, target, authorizer));
    this.url = `https://${this.api.ref}.execute-api.${Aws.REGION}.amazonaws.com`;
  }

  private addIntegration(handler: LambdaFunction): CfnIntegration {
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceAccount: Aws.ACCOUNT_ID,
      sourceArn: `arn:aws:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${this.api.ref}/*/*`,
    });
    return new CfnIntegration(this, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: handler.functionArn,
      payloadFormatVersion: '2.0',
    });
  }

  private addAuthorizer({ userPool, peopleClient, machineClients }: Identity): CfnAuthorizer {
    return new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.api.ref,
      authorizerType: 'JWT',
      name: 'tokens',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: {
        issuer: `https://cognito-idp.${Aws.REGION}.amazonaws.com/${userPool.userPoolId}`,
        audience: [peopleClient, ...machineClients.values()].map((client) => client.userPoolClientId),
      },
    });
  }

  private addRoute(
    route: Route | typeof preflightRoute | typeof unknownRoute,
    target: string,
    authorizer: CfnAuthorizer | undefined,
  ): CfnRoute {
    const open = 'open' in route && route.open === true;
    const key = routeKey(route);
    const resource = new CfnRoute(this, routeId(key), {
      apiId: this.api.ref,
      routeKey: key,
      target,
      ...(open ? { authorizationType: 'NONE' } : authorization(authorizer)),
    });
    if (open)
      acknowledge(resource, {
        ids: ['AwsSolutions-APIG4'],
        reason: 'Health, the API description and the answer to a preflight hold nothing of anybody',
      });
    return resource;
  }

  private addStage({ deployment, messagesKey }: HttpApiProps): CfnStage {
    const accessLog = keepLogGroup(this, 'AccessLog', deployment, messagesKey);
    return new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: accessLog.logGroupArn, format: JSON.stringify(accessLogFields) },
      defaultRouteSettings: throttle(defaultThrottle),
      routeSettings: Object.fromEntries([
        ...routes.map((route: Route) => [routeKey(route), throttleJson(route.throttle ?? defaultThrottle)]),
        ...(deployment.corsOrigins.length > 0 ? [[routeKey(preflightRoute), throttleJson(defaultThrottle)]] : []),
      ]),
    });
  }
}

const authorization = (authorizer: CfnAuthorizer | undefined) =>
  authorizer === undefined
    ? { authorizationType: 'AWS_IAM' }
    : { authorizationType: 'JWT', authorizerId: authorizer.ref, authorizationScopes: [apiScope] };

/**
 * A browser's preflight carries no token, and `$default` would take it before the gateway answers it itself
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html). The function answers without looking
 * at anything, the gateway adds its headers.
 */
const preflightRoute = { method: 'OPTIONS', path: '/{proxy+}', open: true } as const;

/** What no route names: behind the token like the rest, answered by the function with 404 or 405. */
const unknownRoute = { method: '$default', path: '' } as const;

const routeKey = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`.trim();

/** `POST /uploads/{assetId}/parts` → `Route-POST-uploads-assetId-parts`. */
const routeId = (key: string): string => `Route-${key.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')}`;

const throttle = ({ ratePerSecond, burst }: RouteThrottle) => ({
  throttlingRateLimit: ratePerSecond,
  throttlingBurstLimit: burst,
});

/** The settings of one route are free JSON in the template, which CDK does not spell for us. */
const throttleJson = ({ ratePerSecond, burst }: RouteThrottle) => ({
  ThrottlingRateLimit: ratePerSecond,
  ThrottlingBurstLimit: burst,
});

const cors = (origins: readonly string[]): CfnApi.CorsProperty => ({
  allowOrigins: [...origins],
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'upload-token', 'x-tenant'],
  exposeHeaders: ['etag', 'location', 'retry-after', 'x-request-id'],
  maxAge: 600,
});
