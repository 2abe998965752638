import { createHash } from 'node:crypto';
import * as z from 'zod';
import { idempotencyKey, type TableKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { canonicalJson } from '../../core/facts.ts';
import type { Caller } from './membership.ts';
import type { IdempotencyRecord } from './ports.ts';
import type { Services } from './services.ts';

/** The header under which a client repeats a request without repeating its effect. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters, such as a UUID')
    .optional()
    .describe('The same key and body give the same answer for 24 hours'),
});

/** Nobody works longer on one request than the function runs; a record that is older was left by a crash. */
const deadAfterMs = 60_000;
const looksMs = [100, 200, 400, 800, 1600];

interface Request<Outcome> {
  readonly key: string | undefined;
  readonly operation: string;
  readonly body: unknown;
  readonly outcome: z.ZodType<Outcome>;
  /** What the work is going to answer, where it has no effect of its own: then it is written down with the row at once. */
  readonly foreseen?: Outcome;
}

/**
 * Does the work once for each key: the first request leaves a row, works, and writes down what it decided; the others find
 * the row and repeat the decision, waiting a little where the first still works. Only decisions are kept: signed requests
 * are made anew each time, so that none lies in a table. The work gets a digest of caller, key, operation and body: what it
 * marks with it, a request that takes over from a crashed one can recognise as done.
 */
export const once = async <Outcome>(
  request: Request<Outcome>,
  caller: Caller,
  services: Services,
  work: (mark: string | undefined) => Promise<Outcome>,
): Promise<Outcome> => {
  if (request.key === undefined) return work(undefined);
  const key = idempotencyKey(caller.tenant, caller.principal, sha256(request.key));
  const record: IdempotencyRecord = {
    fingerprint: sha256(canonicalJson({ operation: request.operation, body: request.body })),
    owner: services.newId(),
    startedAt: services.clock.now(),
    ...(request.foreseen !== undefined && { outcome: JSON.stringify(request.foreseen) }),
  };
  const { idempotency } = services;
  const marked = () => work(sha256(`${key.pk} ${record.fingerprint}`));
  let found = await start(key, record, services);
  for (const pauseMs of looksMs) {
    // One's own row is found where the answer to the write was lost and the SDK wrote again.
    if (found === undefined || found.owner === record.owner) return finish(key, record, services, marked);
    if (found.fingerprint !== record.fingerprint) throw mismatch();
    if (found.outcome !== undefined) return request.outcome.parse(JSON.parse(found.outcome));
    if (
      services.clock.now() - found.startedAt > deadAfterMs &&
      (await idempotency.takeOver(key, record, found.owner))
    ) {
      return finish(key, record, services, marked);
    }
    await services.pause(pauseMs);
    found = (await idempotency.get(key)) ?? (await start(key, record, services));
  }
  throw new MediakeepError(
    'conflict',
    'Another request with this Idempotency-Key is still at work; repeat it shortly.',
    {
      retryAfterSeconds: 1,
    },
  );
};

/** A failure may have left the row all the same; nobody would work for it. */
const start = async (
  key: TableKey,
  record: IdempotencyRecord,
  { idempotency, clock, log }: Services,
): Promise<IdempotencyRecord | undefined> => {
  try {
    return await idempotency.start(key, record, clock.now());
  } catch (error) {
    await idempotency.forget(key, record.owner).catch(() => log.warn('idempotency row left to its end', {}));
    throw error;
  }
};

/** A failed piece of work leaves no row behind, so that the client's next try does it. */
const finish = async <Outcome>(
  key: TableKey,
  { owner, outcome: written }: IdempotencyRecord,
  { idempotency, log }: Services,
  work: () => Promise<Outcome>,
): Promise<Outcome> => {
  try {
    const outcome = await work();
    if (written === undefined) await idempotency.finish(key, owner, JSON.stringify(outcome));
    return outcome;
  } catch (error) {
    await idempotency.forget(key, owner).catch(() => log.warn('idempotency row left to its end', {}));
    throw error;
  }
};

const mismatch = (): MediakeepError =>
  new MediakeepError(
    'idempotency-mismatch',
    'This Idempotency-Key was used with another body within the last 24 hours; take a new key for a new request.',
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
