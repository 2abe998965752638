import { ulid } from 'ulid';
import * as z from 'zod';
import { casePartition, deletedCasePartition, indexNames, subjectPartition } from '../../../core/catalog/keys.ts';
import { MediakeepError } from '../../../core/error.ts';
import { holdIdOf, holdRow } from '../../../core/retention/hold-row.ts';
import { Hold, PlaceHold } from '../../../core/schemas/hold.ts';
import { isoTime } from '../../../core/time.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders, once } from '../idempotency.ts';
import type { Caller } from '../membership.ts';
import { toHold } from '../retention/hold-shape.ts';
import type { Services } from '../services.ts';

const Decision = z.object({ holdId: z.string(), placedAt: z.string(), jobId: z.string() });

/** Lays a legal hold on an asset, on all of a case or on all of a data subject. */
export const placeHold = endpoint({
  operation: 'placeHold',
  summary: 'Place a legal hold',
  description:
    'At once, nothing that it covers can be deleted, purged or expired by anybody, also what is uploaded later. A job lays S3’s legal hold on every version.',
  shapes: { body: PlaceHold, headers: IdempotencyHeaders },
  answers: { 201: Hold },
  errors: ['not-found', 'unprocessable', 'idempotency-mismatch', 'conflict'],
  run: async ({ body, headers, caller }, services) => {
    const { clock, random, holds, jobs } = services;
    const { scope, id: scopeId, reason } = body;
    const rowOf = ({ holdId, placedAt }: z.infer<typeof Decision>) =>
      holdRow(
        caller.tenant,
        { holdId, scope, scopeId, state: 'in-force', reason, placedAt, placedBy: caller.principal },
        1,
      );
    const request = { key: headers['idempotency-key'], operation: 'placeHold', body, outcome: Decision };
    const decision = await once(request, caller, services, async (mark) => {
      await expectSomethingToHold(body, caller, services);
      const name = mark === undefined ? ulid(clock.now(), random) : nameOf(mark);
      const holdId = holdIdOf(scope, scopeId, name);
      const now = isoTime(clock.now());
      const isNew = await holds.place(rowOf({ holdId, placedAt: now, jobId: '' }));
      const there = isNew ? undefined : await holds.get(caller.tenant, holdId);
      const made = { holdId, placedAt: there?.summary.placedAt ?? now, jobId: `hold-${name}` };
      await jobs.start({
        tenant: caller.tenant,
        jobId: made.jobId,
        job: 'hold',
        input: { action: 'place', holdId: made.holdId },
        createdBy: caller.principal,
      });
      return made;
    });
    return { status: 201, body: toHold(rowOf(decision).summary, decision.jobId) };
  },
});

/** What a request with an idempotency key places has an id that follows from it: one that crashed is found again. */
const nameOf = (mark: string): string => {
  const digits = mark.match(/[0-9a-f]{3}/g)?.values();
  const next = (): number => Number.parseInt(digits?.next().value ?? '0', 16) / 4096;
  return ulid(Number.parseInt(mark.slice(-10), 16), next);
};

/** A hold over nothing is nearly always a wrong id; who means it says so. */
const expectSomethingToHold = async (
  { scope, id, anticipate }: PlaceHold,
  caller: Caller,
  services: Services,
): Promise<void> => {
  if (scope === 'asset') {
    await findAsset(id, 'getAsset', caller, services);
    return;
  }
  if (anticipate === true) return;
  const index = scope === 'case' ? indexNames.byTopic : indexNames.bySubject;
  const partitions = scope === 'case' ? [casePartition, deletedCasePartition] : [subjectPartition];
  for (const partitionOf of partitions) {
    const partition = partitionOf(caller.tenant, id);
    const { items } = await services.catalog.summaries({ index, partition, oldestFirst: true }, 1, undefined);
    if (items.length > 0) return;
  }
  throw new MediakeepError(
    'unprocessable',
    `No asset belongs to this ${scope}, so there is nothing to hold; check the id, or send \`anticipate\` to hold what comes.`,
  );
};
