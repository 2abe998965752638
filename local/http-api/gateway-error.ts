/** An answer that the API itself gives, without the function. */
export class GatewayError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What went wrong, for the access log; the client does not see it. */
  readonly reason: string | undefined;

  constructor(status: number, message: string, options: { headers?: Record<string, string>; reason?: string } = {}) {
    super(message);
    this.name = 'GatewayError';
    this.status = status;
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

/** 401, with the challenge that says what is wrong with the token. */
export const unauthorized = (problem?: string): GatewayError =>
  new GatewayError(401, 'Unauthorized', {
    headers: {
      'www-authenticate':
        problem === undefined ? 'Bearer' : `Bearer scope="" error="invalid_token" error_description="${problem}"`,
    },
    reason: problem ?? 'the request has no token',
  });

/** 403 for a token whose scopes do not reach. */
export const insufficientScope = (scopes: readonly string[]): GatewayError =>
  new GatewayError(403, 'Forbidden', {
    headers: {
      'www-authenticate': `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="the token does not have the required scope"`,
    },
    reason: 'the token does not have the required scope',
  });
