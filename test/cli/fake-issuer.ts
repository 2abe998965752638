import { createHash } from 'node:crypto';
import type { FakeAnswer, FakeRequest, FakeServer } from '../client/fake-http.ts';
import { startFakeServer } from '../client/fake-http.ts';

export interface FakeIssuer extends FakeServer {
  /** The forms that came for tokens. */
  readonly forms: Record<string, string>[];
  /** What the next token answers say. */
  answer: FakeAnswer | undefined;
  expiresIn: number;
}

/** A login that gives a code to whoever asks, and tokens to whoever proves that they asked. */
export const startFakeIssuer = async (): Promise<FakeIssuer> => {
  const challenges = new Map<string, string>();
  const respond = (request: FakeRequest): FakeAnswer => {
    if (request.path === '/oauth2/authorize') return authorize(request.query);
    const form = Object.fromEntries(new URLSearchParams(request.body.toString()));
    issuer.forms.push({ ...form, authorization: request.headers.authorization ?? '' });
    if (issuer.answer !== undefined) return issuer.answer;
    const challenge = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    if (form['grant_type'] === 'authorization_code' && challenges.get(form['code'] ?? '') !== challenge) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    const number = issuer.forms.length;
    const tokens = {
      access_token: `secret-access-${number}`,
      refresh_token: 'secret-refresh',
      expires_in: issuer.expiresIn,
    };
    return {
      status: 200,
      body: form['grant_type'] === 'client_credentials' ? { ...tokens, refresh_token: undefined } : tokens,
    };
  };
  const authorize = (query: URLSearchParams): FakeAnswer => {
    const code = `secret-code-${challenges.size}`;
    challenges.set(code, query.get('code_challenge') ?? '');
    const back = new URL(query.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
    return { status: 302, headers: { location: back.href } };
  };
  const server = await startFakeServer(respond, () => undefined);
  const issuer: FakeIssuer = Object.assign(server, { forms: [], answer: undefined, expiresIn: 3600 });
  return issuer;
};
