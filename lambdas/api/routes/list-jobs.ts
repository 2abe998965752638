import { JobPage, ListJobs } from '../../../core/schemas/job.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';

/** The long work of the tenant. */
export const listJobs = endpoint({
  operation: 'listJobs',
  summary: 'List jobs',
  description: 'By state, newest first; the running ones unless `state` says otherwise.',
  shapes: { query: ListJobs },
  answers: { 200: JobPage },
  run: async ({ query: { limit, cursor, state }, caller }, services) => {
    const scope = { operation: 'listJobs', caller, query: { state } };
    const position = await openCursor(cursor, scope, services);
    const page = await services.jobRows.list({ tenant: caller.tenant, state }, limit, position);
    return { status: 200, body: await pageBody(page, scope, services) };
  },
});
