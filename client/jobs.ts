import type * as z from 'zod';
import type { ArchiveAsset, JobItem, StartArchive, StartRestore } from '../core/schemas/job.ts';
import { Job, JobPage } from '../core/schemas/job.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';

/** A body whose defaults the service fills in. */
type Given<Body, Defaults extends keyof Body> = Omit<Body, Defaults> & Partial<Pick<Body, Defaults>>;

export type ArchiveRequest = Given<StartArchive, 'storageClass'>;
export type RestoreRequest = Given<StartRestore, 'tier' | 'days'>;

export interface WaitOptions {
  /** Between two looks. @default 2 s at first, later half a minute */
  readonly pauseMs?: number;
  readonly onProgress?: (job: Job) => void;
}

const firstPauseMs = 2_000;
const longestPauseMs = 30_000;

/** Long work, and the archive, which is reached by it: a part of {@link Mediakeep}. All methods throw `ServiceError`. */
export class Jobs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Sends one asset to the archive. */
  archiveAsset(assetId: string, request: Given<ArchiveAsset, 'storageClass'>): Promise<Job> {
    return this.#call('POST', `/assets/${assetId}/archive`, request);
  }

  /** Sends a case, a data subject or a class to the archive; waits to be confirmed unless a budget covers it. */
  archive(request: ArchiveRequest): Promise<Job> {
    return this.#call('POST', '/jobs/archive', request);
  }

  /** Brings readable copies back; waits to be confirmed unless a budget covers it. */
  restore(request: RestoreRequest): Promise<Job> {
    return this.#call('POST', '/jobs/restore', request);
  }

  get(jobId: string): Promise<Job> {
    return this.#call('GET', `/jobs/${encodeURIComponent(jobId)}`);
  }

  /** Lets a waiting job begin. */
  confirm(jobId: string): Promise<Job> {
    return this.#call('POST', `/jobs/${encodeURIComponent(jobId)}/confirm`);
  }

  /** Ends a job that waits or runs; what it has done stays done. */
  cancel(jobId: string): Promise<Job> {
    return this.#call('POST', `/jobs/${encodeURIComponent(jobId)}/cancel`);
  }

  /** The jobs of one state, newest first. */
  async *list(state: Job['state'] = 'running'): AsyncIterable<JobItem> {
    let cursor: string | undefined;
    do {
      const request = { method: 'GET', path: '/jobs', query: { state, cursor }, answer: JobPage } as const;
      const { value } = await callApi(this.#connection, request);
      yield* value.items;
      cursor = value.cursor;
    } while (cursor !== undefined);
  }

  /** Looks at a job until it has ended, or waits for somebody's word. */
  async wait(jobId: string, { pauseMs, onProgress }: WaitOptions = {}): Promise<Job> {
    const { backoff, signal } = this.#connection;
    for (let pause = pauseMs ?? firstPauseMs; ; pause = Math.min(pauseMs ?? longestPauseMs, pause * 1.5)) {
      const job = await this.get(jobId);
      onProgress?.(job);
      if (job.state !== 'running') return job;
      await backoff.sleep(pause, signal);
    }
  }

  async #call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<z.output<typeof Job>> {
    return (await callApi(this.#connection, { method, path, answer: Job, ...(body !== undefined && { body }) })).value;
  }
}
