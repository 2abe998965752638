import { afterEach, describe, expect, it, vi } from 'vitest';
import BoundedCache from '../../lambdas/shared/sdk/bounded-cache.ts';
import { defaultProvider } from '../../lambdas/shared/sdk/environment-credentials.ts';
import { Md5Js, Sha1Js, Sha256Js } from '../../lambdas/shared/sdk/native-hashes-only.ts';
import { EventStreamSerde, resolveEventStreamSerdeConfig } from '../../lambdas/shared/sdk/no-event-streams.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what stands in the bundles for parts of the SDK', () => {
  it('takes the credentials of the role from the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIA1');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');

    expect(await defaultProvider()()).toEqual({
      accessKeyId: 'ASIA1',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    });
  });

  it('says what is missing where there are none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIA1');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');

    await expect(defaultProvider()()).rejects.toThrow('AWS_SECRET_ACCESS_KEY must be set');
  });

  it('leaves clients without event streams, and refuses to make one', () => {
    const config = { region: 'ap-south-1' };

    expect(resolveEventStreamSerdeConfig(config)).toBe(config);
    expect(() => new EventStreamSerde()).toThrow('not part of the bundles');
  });

  it.each([Md5Js, Sha1Js, Sha256Js])('refuses to hash in JavaScript', (Hash) => {
    expect(() => new Hash()).toThrow('not part of the bundles');
  });

  it('forgets the oldest of its entries past the capacity', () => {
    const cache = new BoundedCache<number>(2);
    for (const [key, value] of Object.entries({ a: 1, b: 2 })) cache.set(key, value);
    cache.set('a', 3);
    cache.set('c', 4);

    expect([cache.get('a'), cache.peek('b'), cache.get('c'), cache.has('b')]).toEqual([3, undefined, 4, false]);
    cache.clear();
    expect(cache.has('a')).toBe(false);
  });
});
