import type { HoldScope } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { newJobRow } from '../../core/jobs/job-row.ts';
import { isLater, type JournalEntry } from '../../core/journal.ts';
import type { HoldRow } from '../../core/retention/hold-row.ts';
import type { Part } from '../../core/statistics/parts.ts';
import type { Counters } from '../../lambdas/project/counters.ts';
import { project } from '../../lambdas/project/project.ts';
import type { Projected } from '../../lambdas/project/report.ts';
import type { JobRequest } from '../../lambdas/shared/start-job.ts';
import { batchOf } from './events.ts';

/** The function's world: a table and a journal in memory, and what it was told to fail. */
export const createProjectWorld = () => {
  const written: Part[] = [];
  const objects = new Map<string, JournalEntry>();
  const refused: string[] = [];
  const projected: Projected[] = [];
  const state = {
    position: undefined as string | undefined,
    /** Answers of the next commits instead of writing. */
    answers: [] as Awaited<ReturnType<Counters['commit']>>[],
    failingKeys: new Set<string>(),
    positionReads: 0,
    wakeFails: false,
    startFails: false,
    now: 1_767_225_605_000,
  };
  const woken: string[] = [];
  const holds: HoldRow[] = [];
  const asked: string[] = [];
  const started: JobRequest[] = [];
  const givenUp: string[] = [];
  const counters: Counters = {
    async position() {
      state.positionReads += 1;
      return state.position;
    },
    async commit(_, part) {
      const told = state.answers.shift();
      if (told !== undefined) return told;
      if (part.from !== state.position) return { kind: 'moved', position: state.position };
      written.push(part);
      state.position = part.to;
      return { kind: 'written' };
    },
  };
  const deps = {
    counters,
    journal: {
      async write(key: string, entry: JournalEntry) {
        if (state.failingKeys.has(key)) throw new MediakeepError('unavailable', 'S3 is away.');
        const known = objects.get(key);
        if (known !== undefined && !isLater(entry.order, known.order)) return 'kept' as const;
        objects.set(key, entry);
        return 'written' as const;
      },
    },
    restored: {
      rows: {
        add: async () => {},
        remove: async () => true,
        left: async () => [],
        jobsWaitingFor: async (_: string, object: string) =>
          object === 'asset:A' || object === 'pack:P' ? [object] : [],
        setCallback: async () => {},
        callback: async (_: string, jobId: string) => `callback of ${jobId}`,
      },
      count: async () => {},
      wake: async (callbackId: string) => {
        if (state.wakeFails) throw new MediakeepError('unavailable', 'Lambda is away.');
        woken.push(callbackId);
      },
    },
    arrivals: {
      retention: {
        holdsOf: async (_: string, scope: HoldScope, id: string) => {
          asked.push(`${scope} ${id}`);
          return holds.filter(({ summary }) => summary.scope === scope && summary.scopeId === id);
        },
      },
      jobs: {
        start: async (job: JobRequest) => {
          if (state.startFails) throw new MediakeepError('unavailable', 'Lambda is away.');
          started.push(job);
          return newJobRow({ ...job, state: 'running', createdAt: '' });
        },
      },
    },
    report: {
      holdFailed: () => {},
      wakeFailed: () => {},
      wakeGivenUp: (sequence: string) => void givenUp.push(sequence),
      refused: (sequence: string) => void refused.push(sequence),
      journalFailed: () => {},
      projected: (batch: Projected) => void projected.push(batch),
    },
    clock: { now: () => state.now },
    positions: new Map<string, string>(),
    pause: async () => {},
  };
  return {
    deps,
    written,
    objects,
    refused,
    projected,
    state,
    woken,
    holds,
    asked,
    started,
    givenUp,
    call: (...records: object[]) => project(batchOf(...records), deps),
  };
};

/** What the counters of a tenant have grown by. */
export const bytesIn = (parts: readonly Part[]): number =>
  parts
    .flatMap(({ counts }) => counts)
    .reduce((sum, { key, add }) => sum + (key.pk === 't1#stats' ? (add['bytes'] ?? 0) : 0), 0);
