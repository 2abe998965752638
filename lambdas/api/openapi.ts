import * as z from 'zod';
import type { DataClass } from '../../core/data-class.ts';
import { type ErrorCode, errorTable } from '../../core/error.ts';
import { type Operation, type Route, routes } from '../../core/routes.ts';
import { Problem } from '../../core/schemas/problem.ts';
import type { Endpoint } from './endpoint.ts';

type Json = Record<string, unknown>;

/** Errors that every operation can answer, and those that every operation with a token can. */
const openErrors: readonly ErrorCode[] = ['bad-request', 'internal', 'unavailable'];
const guardedErrors: readonly ErrorCode[] = ['unauthenticated', 'forbidden', 'rate-limited'];

/**
 * The OpenAPI 3.1 document of all endpoints; schemas with an id become components, and so do the attributes of each class,
 * as `Attributes.raw-audio`.
 */
export const openApiDocument = (
  endpoints: Readonly<Record<Operation, Endpoint>>,
  classes: readonly DataClass[],
): Json => {
  const schemas: Json = {};
  for (const { name, attributes } of classes) schemas[`Attributes.${name}`] = schemaOf(attributes, 'input', schemas);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const operation = operationOf(route, endpoints[route.operation], schemas);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mediakeep',
      version: '1',
      description: 'Storage, catalog, lifecycle and compliance for voice and camera data.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
};

const operationOf = (route: Route, endpoint: Endpoint, schemas: Json): Json => {
  const { summary, description, shapes, guarded } = endpoint;
  return {
    operationId: endpoint.operation,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(guarded === undefined ? { security: [] } : {}),
    parameters: [
      ...parametersIn('path', shapes.path, schemas),
      ...parametersIn('query', shapes.query, schemas),
      ...parametersIn('header', shapes.headers, schemas),
      ...(guarded === undefined ? [] : [tenantParameter]),
    ],
    ...(shapes.body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(shapes.body, 'input', schemas) } }),
    responses: responsesOf(route, endpoint, schemas),
  };
};

const tenantParameter: Json = {
  name: 'X-Tenant',
  in: 'header',
  description: 'The tenant to speak for; needed by members of several',
  schema: { type: 'string' },
};

const parametersIn = (place: 'path' | 'query' | 'header', schema: z.ZodType | undefined, schemas: Json): Json[] => {
  if (schema === undefined) return [];
  const object = schemaOf(schema, 'input', schemas);
  const required = Array.isArray(object['required']) ? object['required'] : [];
  const properties: unknown = object['properties'];
  return Object.entries(properties ?? {}).map(([name, value]: [string, Json]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof value['description'] === 'string' ? { description: value['description'] } : {}),
    schema: value,
  }));
};

const responsesOf = (route: Route, { answers, errors = [], guarded, shapes }: Endpoint, schemas: Json): Json => {
  const responses: Json = {};
  for (const [status, schema] of Object.entries(answers)) {
    const content = schema === undefined ? {} : { content: jsonContent(schema, 'output', schemas) };
    responses[status] = { description: `${route.method} succeeded`, ...content };
  }
  const codes = new Set([
    ...openErrors,
    ...(guarded === undefined ? [] : guardedErrors),
    ...(shapes.body === undefined ? [] : (['unsupported-media-type', 'too-large'] as const)),
    ...errors,
  ]);
  for (const [status, titles] of byStatus(codes)) {
    responses[status] ??= {
      description: titles.join('; or '),
      content: { 'application/problem+json': { schema: referTo(Problem, 'output', schemas) } },
    };
  }
  return responses;
};

const byStatus = (codes: ReadonlySet<ErrorCode>): Map<string, string[]> => {
  const titles = new Map<string, string[]>();
  for (const code of codes) {
    const status = String(errorTable[code].status);
    titles.set(status, [...(titles.get(status) ?? []), `${errorTable[code].title} (\`${code}\`)`]);
  }
  return titles;
};

const jsonContent = (schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json => ({
  'application/json': { schema: referTo(schema, io, schemas) },
});

/** A reference to the component of a schema with an id, or the schema itself. */
const referTo = (schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json => {
  const id = z.globalRegistry.get(schema)?.id;
  const made = schemaOf(schema, io, schemas);
  if (id === undefined || '$ref' in made) return made;
  schemas[id] = made;
  return { $ref: `#/components/schemas/${id}` };
};

/** JSON Schema of a Zod schema; definitions inside it move to the components. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json => {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _dialect, $defs = {}, id: _id, ...rest } = JSON.parse(text);
  for (const [name, definition] of Object.entries($defs)) {
    const { id: _name, ...body } = definition as Json;
    schemas[name] = body;
  }
  return rest;
};
