import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { TemplateError } from './template/template-error.ts';

/** What people do with a running platform from another process: below `/_platform/` on the endpoint. */
export interface ControlActions {
  status(): unknown;
  /** Moves the clock to an instant, doing on the way what is due. */
  travelTo(instantMs: number): Promise<void>;
  now(): number;
  /** Sets what is to go wrong; throws a ZodError for rules of another form. */
  setFaults(rules: unknown): void;
  /** Loses a region or brings it back; throws a ZodError or RangeError for a change that cannot be. */
  setRegion(change: unknown): void;
  /** Sets the lag of replication, or pauses it; throws a ZodError for anything else. */
  setReplication(change: unknown): void;
  /** Deploys a stack beside the app, or removes it; throws a ZodError or TemplateError for one that cannot be. */
  setStack(change: unknown): Promise<void>;
  /** The stacks that run, each resource with whether it stays when its stack is deleted. */
  stacks(): unknown;
  /** Deletes the stacks and keeps what they are told to keep; throws a TemplateError where that would delete data. */
  destroy(): Promise<void>;
  /** Breaks a byte of an object; throws a ZodError or RangeError where there is none. */
  corrupt(damage: unknown): void;
}

/** Serves the control requests; only who can read the state file has the secret. */
export const createControl =
  (secret: string, actions: ControlActions) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (!isAuthorized(request, secret)) return reply(403, { message: 'The secret is not the one of this platform.' });
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /_platform/status') return reply(200, actions.status());
    if (route === 'GET /_platform/stacks') return reply(200, actions.stacks());
    const act = routes[route];
    if (act === undefined) return reply(404, { message: `There is no ${route}.` });
    try {
      await act(actions, await text(request));
      return reply(200, { now: actions.now() });
    } catch (error) {
      if (error instanceof z.ZodError) return reply(400, { message: z.prettifyError(error) });
      if (isRefusal(error)) return reply(400, { message: error.message });
      throw error;
    }
  };

const isRefusal = (error: unknown): error is Error =>
  error instanceof RangeError || error instanceof SyntaxError || error instanceof TemplateError;

type Act = (actions: ControlActions, body: string) => void | Promise<void>;

const routes: Readonly<Record<string, Act>> = {
  'POST /_platform/clock': (actions, body) => actions.travelTo(Number(body)),
  'POST /_platform/faults': (actions, body) => actions.setFaults(JSON.parse(body)),
  'POST /_platform/regions': (actions, body) => actions.setRegion(JSON.parse(body)),
  'POST /_platform/replication': (actions, body) => actions.setReplication(JSON.parse(body)),
  'POST /_platform/stacks': (actions, body) => actions.setStack(JSON.parse(body)),
  'POST /_platform/destroy': (actions) => actions.destroy(),
  'POST /_platform/corrupt': (actions, body) => actions.corrupt(JSON.parse(body)),
};

const isAuthorized = ({ headers }: IncomingMessage, secret: string): boolean => {
  const given = Buffer.from(headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
