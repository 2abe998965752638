import type * as z from 'zod';
import type { GuardedOperation } from '../../core/authorization/targets.ts';
import type { ErrorCode } from '../../core/error.ts';
import type { Operation } from '../../core/routes.ts';
import { parseInput } from './input.ts';
import type { Caller } from './membership.ts';
import type { Reply } from './reply.ts';
import type { Services } from './services.ts';

/** The schemas of what a request brings; what has none is not read. */
export interface Shapes {
  readonly path?: z.ZodType;
  readonly query?: z.ZodType;
  /** Headers by lower-case name; only those that are named are read. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** One request, parsed. */
export interface Call<S extends Shapes> {
  readonly path: Output<S['path']>;
  readonly query: Output<S['query']>;
  readonly headers: Output<S['headers']>;
  readonly body: Output<S['body']>;
  readonly caller: Caller;
}

/** A request as it came, split but not yet checked. */
export interface RawCall {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

interface Description {
  readonly summary: string;
  readonly description?: string;
  /** Schema of the answer's body by status; undefined where there is none. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
  /** Errors beyond those that every operation can answer. */
  readonly errors?: readonly ErrorCode[];
}

/** An operation with everything that its route, its text and its work need. */
export interface Endpoint extends Description {
  readonly operation: Operation;
  readonly shapes: Shapes;
  /** The operation that the policies have to permit; undefined where no token is needed. */
  readonly guarded: GuardedOperation | undefined;
  handle(raw: RawCall, caller: Caller | undefined, services: Services): Promise<Reply>;
}

/** An operation for members of a tenant. Permission was checked for the easiest case before `run`; `run` checks the real one. */
export const endpoint = <S extends Shapes>(
  props: Description & {
    readonly operation: GuardedOperation;
    readonly shapes: S;
    readonly run: (call: Call<S>, services: Services) => Promise<Reply>;
  },
): Endpoint => ({
  ...props,
  guarded: props.operation,
  handle: (raw, caller, services) => {
    if (caller === undefined) throw new Error(`${props.operation} was called without a caller`);
    return props.run({ ...parseCall(props.shapes, raw), caller }, services);
  },
});

/** An operation that answers without a token. */
export const openEndpoint = (
  props: Description & {
    readonly operation: Exclude<Operation, GuardedOperation>;
    readonly run: (services: Services) => Promise<Reply>;
  },
): Endpoint => ({ ...props, shapes: {}, guarded: undefined, handle: (_raw, _caller, services) => props.run(services) });

const parseCall = <S extends Shapes>({ path, query, headers, body }: S, raw: RawCall): Omit<Call<S>, 'caller'> => {
  const named = Object.keys(headers?.shape ?? {}).map((name) => [name, raw.header(name)] as const);
  // Each schema is the one that the type of its field is made from.
  return {
    path: path && parseInput(path, raw.path, 'path'),
    query: query && parseInput(query, raw.query, 'query'),
    headers:
      headers && parseInput(headers, Object.fromEntries(named.filter(([, value]) => value !== undefined)), 'headers'),
    body: body && parseInput(body, raw.body, 'body'),
  } as Omit<Call<S>, 'caller'>;
};
