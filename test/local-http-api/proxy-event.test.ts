import { describe, expect, test } from 'vitest';
import { functionArn, sendRaw, startApi } from './http-api-server.ts';

describe('the event of payload format 2.0', () => {
  test('has exactly the members that API Gateway gives', async () => {
    await using api = await startApi({ routes: { 'GET /assets/{id}/content': {} } });

    await sendRaw(
      api.port,
      [
        'GET /assets/a%20b/content?tag=x&tag=y+z&empty=&q=%C3%A9 HTTP/1.1',
        'Host: api.localhost:8080',
        'User-Agent: test/1',
        'X-Many: 1',
        'x-many: 2',
        'Cookie: a=1; b=2',
        'Connection: close',
        '\r\n',
      ].join('\r\n'),
    );

    expect(api.calls[0]?.payload).toEqual({
      version: '2.0',
      routeKey: 'GET /assets/{id}/content',
      rawPath: '/assets/a b/content',
      rawQueryString: 'tag=x&tag=y+z&empty=&q=%C3%A9',
      cookies: ['a=1', 'b=2'],
      headers: {
        'content-length': '0',
        host: 'api.localhost:8080',
        'user-agent': 'test/1',
        'x-many': '1,2',
        'x-amzn-trace-id': 'Root=1-request-1',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': String(api.port),
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { tag: 'x,y z', empty: '', q: 'é' },
      requestContext: {
        accountId: '000000000000',
        apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
        domainName: 'api.localhost',
        domainPrefix: expect.stringMatching(/^[a-z0-9]{10}$/),
        http: {
          method: 'GET',
          path: '/assets/a b/content',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: 'request-1',
        routeKey: 'GET /assets/{id}/content',
        stage: '$default',
        time: '15/Jan/2026:10:00:00 +0000',
        timeEpoch: Date.parse('2026-01-15T10:00:00Z'),
      },
      pathParameters: { id: 'a b' },
      isBase64Encoded: false,
    });
  });

  test('has no members for what a request does not have', async () => {
    await using api = await startApi();

    await fetch(`${api.url}/`);

    const members = Object.keys(api.calls[0]?.payload ?? {});
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body', 'stageVariables']) {
      expect(members).not.toContain(absent);
    }
  });

  const bodies: [string | undefined, boolean][] = [
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/csv', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/octet-stream', true],
    ['application/problem+json', true],
    ['application/x-www-form-urlencoded', true],
    ['image/jpeg', true],
    [undefined, true],
  ];
  test.each(bodies)('carries a body of type %s as base64: %s', async (type, binary) => {
    await using api = await startApi();
    const text = '{"name":"é"}';

    await fetch(api.url, {
      method: 'POST',
      body: Buffer.from(text),
      headers: type === undefined ? {} : { 'content-type': type },
    });

    const { body, isBase64Encoded } = api.calls[0]?.payload ?? {};
    expect(isBase64Encoded).toBe(binary);
    expect(body).toBe(binary ? Buffer.from(text).toString('base64') : text);
  });

  test('reaches the function in the name of the route', async () => {
    await using api = await startApi({ routes: { 'ANY /assets/{id}': {}, $default: {} } });

    await fetch(`${api.url}/assets/1`, { method: 'PATCH' });
    await fetch(`${api.url}/elsewhere`);

    const [named, fallback] = api.calls;
    expect(named?.functionArn).toBe(functionArn);
    expect(named?.source.service).toBe('apigateway.amazonaws.com');
    expect(named?.source.arn).toMatch(
      /^arn:aws:execute-api:ap-south-1:000000000000:\w{10}\/\$default\/PATCH\/assets\/\{id\}$/,
    );
    expect(fallback?.source.arn).toMatch(/:\w{10}\/\$default\/\$default$/);
  });
});

describe('an answer', () => {
  const inferred: [string, unknown, string][] = [
    ['an object', { hello: 'world' }, '{"hello":"world"}'],
    ['text', 'hello', 'hello'],
    ['a list', [1], '[1]'],
    ['nothing', null, 'null'],
  ];
  test.each(inferred)('of %s without a status is a 200 of JSON', async (_, payload, body) => {
    await using api = await startApi({ invoke: async () => ({ payload }) });

    const response = await fetch(api.url);

    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      body,
    ]);
  });

  test('with a status is taken at its word', async () => {
    await using api = await startApi({
      answer: () => ({
        statusCode: 201,
        headers: { 'X-One': 1, ETag: '"v1"', Connection: 'close', 'Content-Length': '999' },
        cookies: ['a=1; Path=/', 'b=2'],
        body: 'aGVsbG8=',
        isBase64Encoded: true,
      }),
    });

    const response = await fetch(api.url);

    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.get('etag')).toBe('"v1"');
    expect(response.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(await response.text()).toBe('hello');
  });

  const broken: [string, unknown][] = [
    ['a status that is no number', { statusCode: 'ok' }],
    ['a status that HTTP does not have', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: {} }],
    ['headers that are no object', { statusCode: 200, headers: 'x' }],
    ['a header that holds a second line', { statusCode: 200, headers: { a: 'b\r\nset-cookie: c=1' } }],
    ['a header name that is none', { statusCode: 200, headers: { 'a b': '1' } }],
  ];
  test.each(broken)('with %s is a 500 that says nothing', async (_, payload) => {
    await using api = await startApi({ answer: () => payload });

    const response = await fetch(api.url);

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  });

  test('of a failed function is a 500 that says nothing', async () => {
    await using api = await startApi({
      invoke: async () => ({ payload: { errorMessage: 'secret' }, functionError: 'Unhandled' }),
    });

    const response = await fetch(api.url);

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"message":"Internal Server Error"}');
  });

  test('of a function that the API may not invoke is a 500', async () => {
    await using api = await startApi({
      invoke: async () => {
        throw new Error('no permission');
      },
    });

    expect((await fetch(api.url)).status).toBe(500);
  });

  test('that takes longer than the integration waits is a 503', async () => {
    await using api = await startApi({
      integration: { TimeoutInMillis: 50 },
      invoke: () => new Promise(() => {}),
    });

    const response = await fetch(api.url);

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
  });
});
