/** An HTTP API of the template with everything that belongs to it, filled resource by resource. */
export interface HttpApiModel {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  cors: CorsConfiguration | undefined;
  readonly routes: Map<string, Route>;
  readonly integrations: Map<string, Integration>;
  readonly authorizers: Map<string, JwtAuthorizer>;
  readonly stages: Map<string, Stage>;
}

export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

export interface Route {
  /** `GET /assets/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly key: string;
  readonly integrationId: string;
  readonly authorization:
    | { readonly type: 'NONE' }
    /** A signature of AWS credentials that may `execute-api:Invoke` the route. */
    | { readonly type: 'AWS_IAM' }
    | { readonly type: 'JWT'; readonly authorizerId: string; readonly scopes: readonly string[] };
}

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Names of the header and query parameters that may carry the token, in order. */
  readonly identitySources: readonly IdentitySource[];
}

export interface IdentitySource {
  readonly in: 'header' | 'querystring';
  readonly name: string;
}

export interface Stage {
  readonly name: string;
  readonly defaultLimit: RateLimit | undefined;
  /** By route key. */
  readonly routeLimits: ReadonlyMap<string, RateLimit>;
  readonly accessLog: { readonly destinationArn: string; readonly format: string } | undefined;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

/** A token bucket: so many at once, refilled at so many a second. */
export interface RateLimit {
  readonly burst: number;
  readonly ratePerSecond: number;
}
