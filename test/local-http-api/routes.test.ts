import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../local/http-api/api-model.ts';
import { matchRoute } from '../../local/http-api/route-match.ts';
import { sendRaw, startApi } from './http-api-server.ts';

const routes = (...keys: string[]): Route[] =>
  keys.map((key) => ({ key, integrationId: 'i', authorization: { type: 'NONE' } }));

describe('the route of a request', () => {
  const all = routes(
    'GET /pets/dog/1',
    'GET /pets/dog/{id}',
    'GET /pets/{kind}/{id}',
    'GET /pets/{proxy+}',
    'ANY /pets/dog/{id}',
    'ANY /{proxy+}',
    '$default',
  );
  const cases: [string, string, string, Record<string, string>][] = [
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['POST', '/pets/dog/2', 'ANY /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/2', 'GET /pets/{kind}/{id}', { kind: 'cat', id: '2' }],
    ['GET', '/pets/cat/2/3', 'GET /pets/{proxy+}', { proxy: 'cat/2/3' }],
    ['POST', '/pets/cat', 'ANY /{proxy+}', { proxy: 'pets/cat' }],
    ['GET', '/PETS/dog/1', 'ANY /{proxy+}', { proxy: 'PETS/dog/1' }],
    ['GET', '/', '$default', {}],
  ];
  test.each(cases)('%s %s is %s', (method, path, key, pathParameters) => {
    const match = matchRoute(all, method, path);

    expect([match?.route.key, match?.pathParameters]).toEqual([key, pathParameters]);
  });

  const strict = routes('GET /assets', 'GET /assets/{id}', 'POST /uploads');
  const missing: [string, string][] = [
    ['GET', '/assets/'],
    ['GET', '/Assets'],
    ['GET', '//assets'],
    ['GET', '/assets//'],
    ['HEAD', '/assets'],
    ['DELETE', '/uploads'],
    ['GET', '/assets/1/2'],
  ];
  test.each(missing)('%s %s is none', (method, path) => {
    expect(matchRoute(strict, method, path)).toBeUndefined();
  });

  test('does not depend on the order of the template', () => {
    const orders = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    fc.assert(
      fc.property(orders, fc.constantFrom(...cases), (order, [method, path, key]) => {
        expect(matchRoute(order, method, path)?.route.key).toBe(key);
      }),
    );
  });
});

describe('a path', () => {
  test('is decoded before it is matched, so an encoded slash is a slash', async () => {
    await using api = await startApi({ routes: { 'GET /assets/{id}': {}, 'GET /assets/{id}/content': {} } });

    await fetch(`${api.url}/assets/a%2Fcontent`);

    expect(api.calls[0]?.payload['routeKey']).toBe('GET /assets/{id}/content');
  });

  test('ends at an encoded question mark', async () => {
    await using api = await startApi();

    await fetch(`${api.url}/users/me%3Fadmin=true`);

    expect(api.calls[0]?.payload).toMatchObject({ rawPath: '/users/me', rawQueryString: '' });
  });

  test('that is not UTF-8 is refused', async () => {
    await using api = await startApi();

    const response = await fetch(`${api.url}/%E0%A4`);

    expect([response.status, await response.json()]).toEqual([400, { message: 'Bad Request' }]);
    expect(api.calls).toHaveLength(0);
  });

  test('of no route is a 404', async () => {
    await using api = await startApi({ routes: { 'GET /assets': {} } });

    const response = await fetch(`${api.url}/nothing`);

    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  });

  test('cannot be changed by a header that overrides the method', async () => {
    await using api = await startApi({ routes: { 'GET /assets': {} } });

    await fetch(`${api.url}/assets`, { headers: { 'x-http-method-override': 'DELETE' } });

    expect(api.calls[0]?.payload['routeKey']).toBe('GET /assets');
  });
});

describe('limits', () => {
  test('10 MB of body pass and a byte more is a 413', async () => {
    await using api = await startApi();
    const send = (bytes: number) => fetch(api.url, { method: 'POST', body: Buffer.alloc(bytes) });

    const fits = await send(10 * 1024 * 1024);
    const tooLarge = await send(10 * 1024 * 1024 + 1);

    expect([fits.status, tooLarge.status]).toEqual([200, 413]);
    expect(await tooLarge.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(api.calls).toHaveLength(1);
  });

  test('a body without a declared length is counted as it comes', async () => {
    await using api = await startApi();
    const chunk = 'f'.repeat(1024 * 1024);
    const chunks = Array.from({ length: 11 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');

    const answer = await sendRaw(
      api.port,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(api.calls).toHaveLength(0);
  });

  test('10,240 bytes of request line and header values pass and more do not', async () => {
    await using api = await startApi();
    const send = (bytes: number) => fetch(api.url, { headers: { 'x-long': 'a'.repeat(bytes) } });

    const fits = await send(9_900);
    const tooLong = await send(10_240);

    expect([fits.status, tooLong.status]).toEqual([200, 431]);
  });
});

test('a client that goes away in the middle of its body reaches nobody', async () => {
  await using api = await startApi();

  await sendRaw(api.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');

  const answer = await fetch(api.url);
  expect([answer.status, api.calls.length, api.log]).toEqual([200, 1, []]);
});

describe('throttling', () => {
  const stage = {
    DefaultRouteSettings: { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 2 },
    RouteSettings: { 'GET /rare': { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 } },
  };
  const routesWithRare = { 'GET /often': {}, 'GET /rare': {} };

  test('lets a burst pass, refuses the next, and refills by the clock', async () => {
    await using api = await startApi({ stage, routes: routesWithRare });
    const status = async () => (await fetch(`${api.url}/often`)).status;

    const burst = [await status(), await status(), await status(), await status()];
    api.clock.advance(1_000);
    const afterASecond = [await status(), await status(), await status()];

    expect(burst).toEqual([200, 200, 200, 429]);
    expect(afterASecond).toEqual([200, 200, 429]);
  });

  test('of one route leaves the others alone', async () => {
    await using api = await startApi({ stage, routes: routesWithRare });

    const rare = [(await fetch(`${api.url}/rare`)).status, (await fetch(`${api.url}/rare`)).status];
    const often = await fetch(`${api.url}/often`);

    expect([...rare, often.status]).toEqual([200, 429, 200]);
  });
});

describe('CORS', () => {
  const api = {
    CorsConfiguration: {
      AllowOrigins: ['https://app.example.org', 'http://localhost:5173'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['authorization', 'content-type'],
      ExposeHeaders: ['etag'],
      AllowCredentials: true,
      MaxAge: 600,
    },
  };
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/assets`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });

  test('answers a preflight without asking the function or a token', async () => {
    await using server = await startApi({ api, routes: { 'POST /assets': {} } });

    const response = await preflight(server.url, 'https://app.example.org');

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    });
    expect(server.calls).toHaveLength(0);
  });

  describe('behind a `$default` route with an authorizer', () => {
    const guarded = { AuthorizationType: 'JWT', AuthorizationScopes: ['mediakeep/use'] };
    const authorizer = { Issuer: 'https://issuer.example.org', Audience: ['people'] };

    test('a preflight is asked for its token', async () => {
      await using server = await startApi({ api, authorizer, routes: { 'POST /assets': guarded, $default: guarded } });

      expect((await preflight(server.url, 'https://app.example.org')).status).toBe(401);
    });

    test('a preflight passes by an open route of its own, whose function answers and whose headers the API writes', async () => {
      await using server = await startApi({
        api,
        authorizer,
        routes: { 'POST /assets': guarded, 'OPTIONS /{proxy+}': {}, $default: guarded },
        answer: () => ({ statusCode: 204 }),
      });

      const response = await preflight(server.url, 'https://app.example.org');

      expect([response.status, response.headers.get('access-control-allow-methods')]).toEqual([204, 'GET,POST']);
      expect(server.calls.map(({ payload }) => payload['routeKey'])).toEqual(['OPTIONS /{proxy+}']);
    });
  });

  test('gives another origin nothing', async () => {
    await using server = await startApi({ api });

    const response = await preflight(server.url, 'https://evil.example');

    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('writes its own headers over those of the function, and on errors too', async () => {
    await using server = await startApi({
      api,
      routes: { 'GET /assets': {} },
      answer: () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' }),
    });
    const headers = { origin: 'http://localhost:5173' };

    const found = await fetch(`${server.url}/assets`, { headers });
    const missing = await fetch(`${server.url}/nothing`, { headers });

    expect(found.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(found.headers.get('access-control-expose-headers')).toBe('etag');
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([
      404,
      'http://localhost:5173',
    ]);
  });

  test('refuses credentials for every origin', async () => {
    const start = startApi({ api: { CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } } });

    await expect(start).rejects.toThrow(/credentials to every origin/);
  });
});

describe('what is known of a request afterwards', () => {
  test('is a line in the form of the stage', async () => {
    const Format =
      '{"id":"$context.requestId","route":"$context.routeKey","status":"$context.status","user":"$context.authorizer.claims.sub"}';
    await using api = await startApi({
      routes: { 'GET /assets': {} },
      stage: { AccessLogSettings: { DestinationArn: 'arn:aws:logs:ap-south-1:000000000000:log-group:access', Format } },
    });

    await fetch(`${api.url}/assets`);

    expect(api.accessLog.map((line) => JSON.parse(line))).toEqual([
      { id: 'request-1', route: 'GET /assets', status: '200', user: '-' },
    ]);
  });

  test('is counted, errors by their kind', async () => {
    await using api = await startApi({ routes: { 'GET /assets': {} } });

    await fetch(`${api.url}/assets`);
    await fetch(`${api.url}/nothing`);

    const total = (name: string) =>
      api.metrics
        .filter((metric) => metric.name === name && metric.dimensions['Stage'] === undefined)
        .reduce((sum, { value }) => sum + value, 0);
    expect([total('Count'), total('4xx'), total('5xx')]).toEqual([2, 1, 0]);
  });
});

test('a property of the template that is not known is named', async () => {
  await expect(startApi({ api: { Body: {} } })).rejects.toThrow(/Api.*`Body`/);
});
