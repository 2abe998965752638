import type * as z from 'zod';
import type { PlaceHold } from '../core/schemas/hold.ts';
import { Hold, HoldPage } from '../core/schemas/hold.ts';
import type { ClassRetention, SetRetention, SimulateRetention } from '../core/schemas/retention.ts';
import { PurgeStarted, RetentionChanged, RetentionList, RetentionSimulation, Why } from '../core/schemas/retention.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';

/** Which holds to list: all that are in force or in their grace, or every one of a scope. */
export type HoldQuery = { readonly scope?: Hold['scope']; readonly id?: string };

/** What a simulation of a change of retention says over the whole catalog. */
export type Simulation = Omit<RetentionSimulation, 'cursor'>;

/** How long things are kept, and what keeps them: a part of {@link Mediakeep}. All methods throw `ServiceError`. */
export class Retention {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Why an asset is kept or goes, in words and rules. */
  why(assetId: string): Promise<Why> {
    return this.#call('GET', `/assets/${assetId}/why`, Why);
  }

  /** Removes every version of a deleted asset for good; answers the job that does it. */
  purge(assetId: string, reason?: string): Promise<PurgeStarted> {
    return this.#call('POST', `/assets/${assetId}/purge`, PurgeStarted, { ...(reason !== undefined && { reason }) });
  }

  /** Legal holds, newest first. */
  async *holds(query: HoldQuery = {}): AsyncIterable<Hold> {
    let cursor: string | undefined;
    do {
      const request = { method: 'GET', path: '/holds', query: { ...query, cursor }, answer: HoldPage } as const;
      const { value } = await callApi(this.#connection, request);
      yield* value.items;
      cursor = value.cursor;
    } while (cursor !== undefined);
  }

  /** Lays a legal hold; it is in force when this answers. */
  placeHold(hold: PlaceHold): Promise<Hold> {
    return this.#call('POST', '/holds', Hold, hold);
  }

  /** Releases a legal hold; seven days of grace follow. */
  releaseHold(holdId: string, reason: string): Promise<Hold> {
    return this.#call('POST', `/holds/${encodeURIComponent(holdId)}/release`, Hold, { reason });
  }

  /** How long each class is kept in the tenant, and who says so. */
  async classes(): Promise<ClassRetention[]> {
    return (await this.#call('GET', '/retention', RetentionList)).items;
  }

  /** Sets what the tenant says of a class; null takes the rule away. */
  setForClass(dataClass: string, rule: SetRetention): Promise<RetentionChanged> {
    return this.#call('PUT', `/retention/classes/${encodeURIComponent(dataClass)}`, RetentionChanged, rule);
  }

  /** Sets what a user says of their uploads of a class; null takes the rule away. */
  setForUser(principal: string, dataClass: string, rule: SetRetention): Promise<RetentionChanged> {
    const path = `/retention/users/${encodeURIComponent(principal)}/classes/${encodeURIComponent(dataClass)}`;
    return this.#call('PUT', path, RetentionChanged, rule);
  }

  /** What a change of rules would do, page by page of the catalog; {@link addSimulations} sums the pages. */
  async *simulate(change: Pick<SimulateRetention, 'changes'> & { readonly days?: number }): AsyncIterable<Simulation> {
    let cursor: string | undefined;
    do {
      const body = { ...change, ...(cursor !== undefined && { cursor }) };
      const { cursor: next, ...page } = await this.#call('POST', '/retention/simulate', RetentionSimulation, body);
      yield page;
      cursor = next;
    } while (cursor !== undefined);
  }

  async #call<Schema extends z.ZodType>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    answer: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    return (await callApi(this.#connection, { method, path, answer, ...(body !== undefined && { body }) })).value;
  }
}

/** The sum of two simulations of the same change over different assets. */
export const addSimulations = (a: Simulation, b: Simulation): Simulation => ({
  ...a,
  assets: a.assets + b.assets,
  bytes: a.bytes + b.bytes,
  held: a.held + b.held,
  changed: a.changed + b.changed,
  days: joinDays([...a.days, ...b.days]),
  before: addOutcomes(a.before, b.before),
  after: addOutcomes(a.after, b.after),
});

type Outcome = Simulation['before'];
type Counted = Outcome['deleted'];

const addCounts = (a: Counted, b: Counted): Counted => ({ assets: a.assets + b.assets, bytes: a.bytes + b.bytes });

const addOutcomes = (a: Outcome, b: Outcome): Outcome => ({
  deleted: addCounts(a.deleted, b.deleted),
  archived: addCounts(a.archived, b.archived),
  cost: a.cost + b.cost,
});

const joinDays = (days: Simulation['days']): Simulation['days'] => {
  const joined = new Map<string, Simulation['days'][number]>();
  for (const { day, deleted, archived } of days) {
    const known = joined.get(day);
    joined.set(day, {
      day,
      deleted: known === undefined ? deleted : addCounts(known.deleted, deleted),
      archived: known === undefined ? archived : addCounts(known.archived, archived),
    });
  }
  return [...joined.values()].sort((a, b) => a.day.localeCompare(b.day));
};
