import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../core/routes.ts';
import { startApi, type TestApi } from './api-under-test.ts';

let api: TestApi;
// biome-ignore lint/suspicious/noExplicitAny: a document whose form is what is under test
let text: any;
beforeAll(async () => {
  api = await startApi();
  text = (await api.call('GET', '/openapi.json')).body;
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const references = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(references);
  if (value === null || typeof value !== 'object') return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(references)];
};

describe('the OpenAPI document', () => {
  it('is told to everybody', async () => {
    expect(text).toMatchObject({ openapi: '3.1.0', info: { title: 'Mediakeep' } });
  });

  it.each(routes)('describes $operation', ({ method, path, operation, ...route }) => {
    const described = text.paths[path][method.toLowerCase()];
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

    expect(described).toMatchObject({ operationId: operation, summary: expect.any(String) });
    expect(
      described.parameters.filter((one: { in: string }) => one.in === 'path').map((one: { name: string }) => one.name),
    ).toEqual(named);
    expect(Object.keys(described.responses).some((status) => status.startsWith('2'))).toBe(true);
    expect(described.responses['500'].content['application/problem+json']).toBeDefined();
    expect(described.security).toEqual('open' in route ? [] : undefined);
    if ('requestBody' in described)
      expect(described.requestBody.content['application/json'].schema.$ref).toMatch(/^#\/components/);
  });

  it('refers to nothing that is not there', () => {
    const missing = references(text).filter((reference) => {
      const name = /^#\/components\/schemas\/([\w.-]+)$/.exec(reference)?.[1];
      return name === undefined || text.components.schemas[name] === undefined;
    });

    expect(missing).toEqual([]);
  });

  it('says that no other fields are taken', () => {
    for (const name of ['BeginUpload', 'SignParts', 'CompleteUpload', 'ChangeAsset', 'AddMember', 'ChangeMember']) {
      expect(text.components.schemas[name]).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  it('says what each class takes as attributes', () => {
    for (const { name } of api.services.classes) {
      expect(text.components.schemas[`Attributes.${name}`]).toMatchObject({
        type: 'object',
        additionalProperties: false,
      });
    }
  });

  it('names the limits and forms of what a client sends', () => {
    const { properties } = text.components.schemas['BeginUpload'];

    expect(properties.bytes).toMatchObject({ type: 'integer', minimum: 1 });
    expect(properties.sha256.pattern).toBeDefined();
    expect(properties.filename).toMatchObject({ type: 'string', minLength: 1, maxLength: 255 });
  });
});
