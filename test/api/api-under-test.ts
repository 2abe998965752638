import { dataClasses } from '../../config/data-classes.ts';
import { pricesOf } from '../../config/prices.ts';
import type { Role } from '../../core/authorization/roles.ts';
import type { JobEvent } from '../../core/jobs/job-event.ts';
import type { JobRow } from '../../core/jobs/job-row.ts';
import { days } from '../../core/time.ts';
import { createApi } from '../../lambdas/api/app.ts';
import { countedAhead } from '../../lambdas/api/counted-ahead.ts';
import { createHealthCheck } from '../../lambdas/api/health-check.ts';
import { memberRow } from '../../lambdas/api/members/row.ts';
import { createMemberships } from '../../lambdas/api/membership.ts';
import type { Services } from '../../lambdas/api/services.ts';
import { createSigner } from '../../lambdas/api/signing.ts';
import { createCatalog } from '../../lambdas/api/stores/catalog.ts';
import { createHolds, createRetentionRules } from '../../lambdas/api/stores/holds.ts';
import { createIdempotencyRecords } from '../../lambdas/api/stores/idempotency.ts';
import { createJobRows } from '../../lambdas/api/stores/job-rows.ts';
import { createLanding } from '../../lambdas/api/stores/landing.ts';
import { createMembers } from '../../lambdas/api/stores/members.ts';
import { createPackedAssets } from '../../lambdas/api/stores/packed-assets.ts';
import { createRateRows } from '../../lambdas/api/stores/rate-rows.ts';
import { createScratch } from '../../lambdas/api/stores/scratch.ts';
import { createStatistics } from '../../lambdas/api/stores/statistics.ts';
import { createVault } from '../../lambdas/api/stores/vault.ts';
import { createWords } from '../../lambdas/api/stores/words.ts';
import { createJobTable } from '../../lambdas/shared/job-table.ts';
import { createRetentionTable } from '../../lambdas/shared/retention-table.ts';
import { createJobStarter } from '../../lambdas/shared/start-job.ts';
import { startTable, type TestTable } from './catalog-table.ts';
import { type FakeS3, fakeS3 } from './fake-s3.ts';
import { permits } from './policies.ts';

/** A request as a test writes it. */
export interface TestRequest {
  readonly as?: string;
  readonly tenant?: string;
  readonly body?: unknown;
  /** The body's bytes as they stand, instead of JSON of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // Tests read answers by their documented shape and fail where it is another.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what is under test
  readonly body: any;
}

export interface TestApi extends AsyncDisposable {
  readonly table: TestTable;
  readonly s3: FakeS3;
  readonly services: Services;
  readonly clock: { now(): number; advance(ms: number): void };
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[];
  readonly undeleted: string[];
  readonly counted: string[];
  readonly invited: string[];
  /** Jobs that were started. */
  readonly jobs: JobRow[];
  /** Executions of durable functions that were begun. */
  readonly executions: JobEvent[];
  call(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Gives somebody roles in a tenant and answers their name. */
  member(
    principal: string,
    roles: readonly Role[],
    more?: { tenant?: string; devices?: string[]; state?: 'active' | 'suspended' | 'invited' },
  ): Promise<string>;
}

export const startTime = Date.UTC(2026, 0, 31, 8, 0, 0);

/**
 * The whole API in process: real table, real policies, real signatures; S3, Cognito and Lambda stand in. A table that is
 * shared is left to who started it.
 */
export const startApi = async (
  change: (services: Services) => Partial<Services> = () => ({}),
  shared?: TestTable,
): Promise<TestApi> => {
  const table = shared ?? (await startTable());
  const s3 = fakeS3();
  let now = startTime;
  const clock = {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
  const lines: TestApi['lines'] = [];
  const write = (level: string) => (message: string, fields: Readonly<Record<string, unknown>>) =>
    void lines.push({ level, message, fields });
  const undeleted: string[] = [];
  const counted: string[] = [];
  const invited: string[] = [];
  const jobs: JobRow[] = [];
  const executions: JobEvent[] = [];
  let id = 0;
  const where = { client: s3.client, region: 'ap-south-1', endpoint: 'http://s3.test', clock };
  const catalog = createCatalog(table.client, table.name);
  const members = createMembers(table.client, table.name);
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const starter = createJobStarter({
    table: createJobTable(table.client, table.name),
    start: async (_function, event) => void executions.push(event),
    functionFor: (job) => `function-of-${job}`,
    clock,
  });
  const base: Services = {
    deployment: 'test',
    classes: dataClasses,
    quotas: { requestsPerMinute: 100_000 },
    clock,
    random: Math.random,
    newId: () => `id-${++id}`,
    pause: async () => {},
    catalog,
    members,
    memberships: createMemberships(members, clock),
    idempotency: createIdempotencyRecords(table.client, table.name),
    rates: countedAhead(createRateRows(table.client, table.name)),
    gate: { requireOpen: async () => {} },
    words: createWords(table.client, table.name),
    landing: createLanding({
      ...where,
      bucket: 'landing',
      dataKeyArn: 'arn:aws:kms:ap-south-1:000000000000:key/data',
      accelerated: false,
      completionPatienceMs: 20_000,
    }),
    vault: createVault({ ...where, bucket: 'vault' }),
    copies: {
      look: async (key, versionId) => ({
        state: 'completed',
        region: 'ap-south-2',
        found: true,
        bytes: `${key}@${versionId}`.length,
      }),
    },
    undelete: async (key, version) => {
      undeleted.push(`${key}@${version}`);
      return 'removed';
    },
    users: {
      invite: async (email) => {
        const isNew = !invited.includes(email);
        invited.push(email);
        return { sub: `sub-of-${email.split('@')[0]}`, invited: isNew };
      },
    },
    holds: createHolds(table.client, table.name),
    retention: createRetentionTable(table.client, table.name),
    retentionRules: createRetentionRules(table.client, table.name),
    statuteOf: () => undefined,
    undeleteWindowMs: days(30),
    prices: pricesOf('us-east-1'),
    jobs: {
      start: async (request) => {
        const row = await starter.start(request);
        jobs.push(row);
        return row;
      },
      confirm: (tenant, jobId) => starter.confirm(tenant, jobId),
    },
    statistics: createStatistics(table.client, table.name),
    jobRows: createJobRows(table.client, table.name),
    packedAssets: createPackedAssets(table.client, table.name),
    scratch: createScratch({ ...where, bucket: 'scratch' }),
    signer: createSigner(async () => new TextEncoder().encode('a secret of thirty-two bytes....')),
    permits,
    isHealthy: createHealthCheck(catalog, clock, log),
    meter: { count: (name) => void counted.push(name), milliseconds: () => undefined },
    log,
  };
  const services = { ...base, ...change(base) };
  const api = createApi(services);
  return {
    table,
    s3,
    services,
    clock,
    lines,
    undeleted,
    counted,
    invited,
    jobs,
    executions,
    call: async (method, path, request = {}) => toAnswer(await api(gatewayEvent(method, path, request))),
    member: async (principal, roles, { tenant = 'acme', devices, state = 'active' } = {}) => {
      const since = new Date(now).toISOString();
      const by = 'nobody';
      await table.put(
        memberRow({
          tenant,
          principal,
          roles,
          state,
          ...(devices === undefined ? {} : { devices }),
          createdAt: since,
          createdBy: by,
          revision: 1,
        }),
      );
      return principal;
    },
    [Symbol.asyncDispose]: async () => {
      if (shared === undefined) await table[Symbol.asyncDispose]();
    },
  };
};

/** A request as API Gateway hands it to the function. */
export const gatewayEvent = (method: string, path: string, request: TestRequest): object => {
  const [rawPath = '', rawQueryString = ''] = path.split('?', 2);
  const { as, tenant, body, raw, headers = {} } = request;
  const claims =
    request.claims ??
    (as === undefined ? undefined : { sub: as, username: as, token_use: 'access', scope: 'mediakeep/use' });
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(tenant === undefined ? {} : { 'x-tenant': tenant }),
      ...headers,
    },
    ...(text === undefined
      ? {}
      : typeof text === 'string'
        ? { body: text, isBase64Encoded: false }
        : { body: Buffer.from(text).toString('base64'), isBase64Encoded: true }),
    requestContext: {
      requestId: 'request-1',
      http: { method },
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims, scopes: null } } }),
    },
  };
};

const toAnswer = (result: { statusCode: number; headers: Record<string, string>; body: string }): TestAnswer => {
  const isJson = /json/.test(result.headers['content-type'] ?? '');
  return {
    status: result.statusCode,
    headers: result.headers,
    text: result.body,
    body: isJson ? JSON.parse(result.body) : undefined,
  };
};
