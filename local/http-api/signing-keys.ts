import type { JWK } from 'jose';
import type { Clock } from '../../core/time.ts';
import { hours } from '../../core/time.ts';
import { isJsonObject, listAt, textAt } from '../aws/json-object.ts';

/** Finds the public keys that an issuer signs with. */
export interface SigningKeys {
  /** The key by its id; undefined for one that the issuer does not have. */
  find(issuer: string, keyId: string): Promise<JWK | undefined>;
}

/** Answers an issuer's keys; undefined for an issuer that is not of this platform. */
export type LocalIssuerKeys = (issuer: string) => readonly JWK[] | undefined;

/** API Gateway keeps keys for up to two hours: a key that was withdrawn is accepted as long as that. */
const keptMs = hours(2);
/** A key id that is not among the kept ones makes it look again, but not more often than this. */
const lookAgainMs = 60_000;
const fetchTimeoutMs = 5_000;

export const createSigningKeys = (clock: Clock, localKeys: LocalIssuerKeys): SigningKeys => {
  const kept = new Map<string, { keys: readonly JWK[]; at: number }>();
  const load = async (issuer: string) => {
    const keys = localKeys(issuer) ?? (await publishedKeys(issuer));
    kept.set(issuer, { keys, at: clock.now() });
    return keys;
  };
  return {
    async find(issuer, keyId) {
      const known = kept.get(issuer);
      const age = known === undefined ? Number.POSITIVE_INFINITY : clock.now() - known.at;
      const usable = known !== undefined && age <= keptMs;
      const keys = usable ? known.keys : await load(issuer);
      const found = keys.find(({ kid }) => kid === keyId);
      if (found !== undefined || !usable || age <= lookAgainMs) return found;
      return (await load(issuer)).find(({ kid }) => kid === keyId);
    },
  };
};

/** The keys of an issuer elsewhere, by OpenID discovery. */
const publishedKeys = async (issuer: string): Promise<readonly JWK[]> => {
  const configuration = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const keysUrl = textAt(configuration, 'jwks_uri');
  if (keysUrl === undefined) throw new Error(`The issuer ${issuer} names no jwks_uri.`);
  return listAt(await fetchJson(keysUrl), 'keys').filter(isJwk);
};

const isJwk = (value: unknown): value is JWK => isJsonObject(value) && typeof value['kty'] === 'string';

const fetchJson = async (url: string) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
  const value: unknown = await response.json();
  if (!response.ok || !isJsonObject(value)) throw new Error(`${url} answered ${response.status}.`);
  return value;
};
