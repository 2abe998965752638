import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../core/routes.ts';
import { Health } from '../../core/schemas/class.ts';
import { Problem } from '../../core/schemas/problem.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('root', ['admin']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const paths = [...new Set(routes.map(({ path }) => path))];
const real = (path: string): string =>
  path
    .replace('{assetId}', '01JZ8K2M4N6P8Q0R2S4T6V8W0X')
    .replace('{principal}', 'ann')
    .replace('{class}', 'raw-audio')
    .replace('{jobId}', 'restore-1')
    .replace('{holdId}', 'case~c~01JZ8K2M4N6P8Q0R2S4T6V8W0X');

/** True where a route takes a path, as its own or by a parameter: `/jobs/{jobId}` takes `/jobs/archive`. */
const takes = (route: string, path: string): boolean =>
  new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);

describe('a path', () => {
  it.each(paths)('%s answers 405 with its methods to every other method', async (path) => {
    const allowed = routes.filter((route) => takes(route.path, path)).map(({ method }) => method as string);
    for (const method of [
      'GET',
      'HEAD',
      'OPTIONS',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'TRACE',
      'CONNECT',
      'get',
      'BREW',
    ]) {
      if (allowed.includes(method)) continue;
      const { status, headers } = await api.call(method, real(path), { as: 'root' });

      expect({ method, status, allow: headers['allow'] }).toEqual({ method, status: 405, allow: allowed.join(', ') });
    }
  });

  it.each(paths.map(real))('%s answers a preflight without a token and with nothing', async (path) => {
    const headers = { origin: 'https://app.example.org', 'access-control-request-method': 'POST' };

    expect(await api.call('OPTIONS', path, { headers })).toMatchObject({ status: 204, text: '' });
  });

  it.each(paths.map(real))('%s with a slash at its end is not there', async (path) => {
    expect(await api.call('GET', `${path}/`, { as: 'root' })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
  });

  it.each([
    '/',
    '/Assets',
    '/ASSETS',
    '/asset',
    '/assets/x/y/z',
    '/v1/assets',
    '/openapi.yaml',
    '/openapi_json',
    '/.env',
  ])('%s is not there', async (path) => {
    expect((await api.call('GET', path, { as: 'root' })).status).toBe(404);
  });

  it.each([
    '//assets',
    '/assets//x',
    '/assets/../me',
    '/assets/%2e%2e/me',
    '/./me',
    '/me/.',
    '/assets\\..\\me',
    '/me\u0000',
    '/%zz',
  ])('%s is refused as ambiguous or unknown', async (path) => {
    expect([400, 404]).toContain((await api.call('GET', path, { as: 'root' })).status);
  });

  it('takes no method from a header, a field or the query', async () => {
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };

    expect((await api.call('GET', '/me', { as: 'root', headers })).status).toBe(200);
    expect((await api.call('GET', '/me?_method=DELETE', { as: 'root' })).status).toBe(200);
  });
});

describe('every answer', () => {
  it('carries the request id and is stored nowhere', async () => {
    const { headers } = await api.call('GET', '/me', { as: 'root' });

    expect(headers).toMatchObject({
      'x-request-id': 'request-1',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json',
    });
  });

  it('to a failure that nobody foresaw says nothing of it but the request id', async () => {
    const secret = 'arn:aws:kms:ap-south-1:000000000000:key/secret';
    await using own = await startApi(() => ({ isHealthy: () => Promise.reject(new Error(secret)) }), api.table);
    const answer = await own.call('GET', '/health');

    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', requestId: 'request-1' } });
    expect(Problem.safeParse(answer.body).error).toBeUndefined();
    expect(answer.text).not.toContain(secret);
    expect(JSON.stringify(own.lines)).not.toContain(secret);
    expect(own.lines.at(-1)).toMatchObject({ level: 'error', fields: { requestId: 'request-1', error: 'Error' } });
  });

  it('is logged by ids and codes alone', async () => {
    api.lines.length = 0;
    const body = putUpload({
      filename: 'private name.wav',
      subject: 'a-person',
      attributes: { title: 'private title' },
    });
    await api.call('POST', '/uploads', { as: 'root', body });
    await api.call('POST', '/uploads', { as: 'root', body: { ...body, extra: 'private extra' } });
    const logged = JSON.stringify(api.lines);

    expect(api.lines.map(({ message }) => message)).toEqual(['answered', 'refused']);
    for (const word of ['private', 'a-person', 'X-Amz-', 'token']) expect(logged).not.toContain(word);
  });
});

describe('the health', () => {
  it('is told to everybody', async () => {
    const { status, body } = await api.call('GET', '/health');

    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 'ok', deployment: 'test', checks: { catalog: 'ok' } },
    });
    expect(Health.safeParse(body).error).toBeUndefined();
  });

  it('asks the table once in ten seconds, however many ask', async () => {
    await using own = await startApi(undefined, api.table);
    own.table.sent.length = 0;
    for (let count = 0; count < 20; count++) await own.call('GET', '/health');
    expect(own.table.sent).toEqual(['GetItem']);
    own.clock.advance(10_000);
    await own.call('GET', '/health');

    expect(own.table.sent).toEqual(['GetItem', 'GetItem']);
  });

  it('is bad where the table does not answer', async () => {
    await using own = await startApi(undefined, api.table);
    own.table.failing = 'GetItem';
    const answer = await own.call('GET', '/health');
    own.table.failing = undefined;

    expect(answer).toMatchObject({ status: 503, body: { status: 'unavailable' } });
  });
});

describe('the classes', () => {
  it('are told with what they accept and a schema of their attributes', async () => {
    const { body } = await api.call('GET', '/classes', { as: 'root' });
    const command = body.items.find(({ name }: { name: string }) => name === 'voice-command');

    expect(body.items).toHaveLength(api.services.classes.length);
    expect(command).toMatchObject({ seal: false, subjects: true, topic: 'phrase' });
    expect(command.attributes).toMatchObject({ type: 'object', additionalProperties: false });
    expect(command.attributes.required).toEqual(['language', 'intent', 'variation']);
  });
});
