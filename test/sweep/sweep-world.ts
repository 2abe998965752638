import { dataClasses } from '../../config/data-classes.ts';
import type { AssetRow, DueRow } from '../../core/catalog/asset-row.ts';
import { dueKey, duePk, type HoldScope, indexKeys } from '../../core/catalog/keys.ts';
import { type HoldRow, holdIdOf, holdRow } from '../../core/retention/hold-row.ts';
import type { CaseStatus, Statute } from '../../core/retention/inputs.ts';
import { type RetentionRuleRow, retentionRuleRow } from '../../core/retention/rule-row.ts';
import { days, isoTime, utcDay } from '../../core/time.ts';
import type { SweepDeps } from '../../lambdas/sweep/ports.ts';
import { type AssetWish, assetRow, marker } from '../api/asset-rows.ts';
import { AbroadWorld } from './abroad-world.ts';

export const startTime = Date.UTC(2026, 5, 1, 2, 0, 0);

/** Everything that a sweep touches, in memory; calls can be made to fail. */
export class SweepWorld {
  now = startTime;
  readonly assets = new Map<string, AssetRow>();
  readonly due = new Map<string, DueRow>();
  readonly rules: RetentionRuleRow[] = [];
  readonly holds: HoldRow[] = [];
  readonly cases = new Map<string, CaseStatus>();
  readonly abroad = new AbroadWorld();
  readonly statutes: Record<string, Statute> = {};
  readonly tenants: string[] = ['acme'];
  readonly expired: string[] = [];
  readonly purged: string[] = [];
  readonly unpacked: string[] = [];
  readonly started: { tenant: string; jobId: string; input: object }[] = [];
  readonly counts: Record<string, number> = {};
  /** Called before each call of this name; may throw. */
  before: (call: string) => void = () => {};

  #ids = 0;
  readonly #tenants: SweepDeps['tenants'] = {
    after: async (tenant = '') => this.tenants.find((other) => other > tenant),
    remembered: () => this.#tenants,
  };

  /** Stores an asset that was created so many days ago, with the due row that the catalog would have put. */
  store(wish: Partial<AssetWish> & { readonly age: number }): string {
    const { age, ...said } = wish;
    const assetId = said.assetId ?? `01JZ8K2M4N6P8Q0R2S${String(++this.#ids).padStart(8, '0')}`;
    const createdAt = isoTime(this.now - days(age));
    const row = assetRow({ dataClass: 'user-file', ...said, assetId, createdAt });
    this.assets.set(assetId, row);
    const deleteAfter = dataClasses.find(({ name }) => name === row.summary.dataClass)?.retention.deleteAfter;
    if (deleteAfter !== undefined) this.putDue(row, utcDay(Date.parse(createdAt) + deleteAfter));
    return assetId;
  }

  putDue({ tenant, summary, detail }: Pick<AssetRow, 'tenant' | 'summary' | 'detail'>, day: string): void {
    const key = dueKey(tenant, day, summary.assetId);
    const { assetId, dataClass } = summary;
    const row: DueRow = {
      ...key,
      kind: 'due',
      tenant,
      assetId,
      dataClass,
      key: detail.key,
      dueAt: `${day}T00:00:00.000Z`,
    };
    this.due.set(`${key.pk} ${key.sk}`, row);
  }

  rule(deleteAfter: number, dataClass = 'user-file', principal?: string): void {
    const said = { reason: 'why', setAt: isoTime(this.now), setBy: 'root', revision: 1 };
    this.rules.push(
      retentionRuleRow({ tenant: 'acme', dataClass, deleteAfter, ...said, ...(principal && { principal }) }),
    );
  }

  hold(scope: HoldScope, scopeId: string, releasedAt?: number): HoldRow {
    const holdId = holdIdOf(scope, scopeId, `01JZ8K2M4N6P8Q0R2T${String(++this.#ids).padStart(8, '0')}`);
    const said = { reason: 'why', placedAt: isoTime(this.now - days(400)), placedBy: 'root' };
    const state = releasedAt === undefined ? 'in-force' : 'released';
    const released = releasedAt === undefined ? {} : { releasedAt: isoTime(releasedAt) };
    const row = holdRow('acme', { holdId, scope, scopeId, state, ...said, ...released }, 1);
    this.holds.push(row);
    return row;
  }

  /** The days on which an asset is going to be looked at. */
  daysOf(assetId: string): string[] {
    return [...this.due.values()].filter((row) => row.assetId === assetId).map(({ dueAt }) => dueAt.slice(0, 10));
  }

  /** The catalog catches up: what has a marker is deleted. */
  observe(): void {
    for (const row of this.assets.values()) {
      if (!this.expired.includes(row.detail.key) || row.summary.state !== 'stored') continue;
      const { tenant, summary, detail } = row;
      const again = assetRow({
        ...summary,
        tenant,
        state: 'deleted',
        detail,
        versions: [marker('m'), ...row.versions],
      });
      this.assets.set(summary.assetId, again);
    }
  }

  get deps(): SweepDeps {
    const call = (name: string): void => this.before(name);
    return {
      classes: dataClasses,
      statuteOf: (name) => this.statutes[name],
      index: {
        asset: async (_, assetId) => this.assets.get(assetId),
        list: async ({ index, partition, from = '', to = '\u{10FFFF}' }, limit, after) => {
          call('list');
          const { pk, sk } = indexKeys[index];
          const found = [...this.assets.values()]
            .filter((row) => row[pk] === partition)
            .filter(
              (row) => (row[sk] ?? '') >= from && (row[sk] ?? '') <= to && (row[sk] ?? '') > (after?.['sk'] ?? ''),
            )
            .sort((a, b) => ((a[sk] ?? '') < (b[sk] ?? '') ? -1 : 1));
          const page = found.slice(0, limit);
          const last = page.at(-1)?.[sk];
          const next = found.length > limit && last !== undefined ? { sk: last } : undefined;
          return { items: page.map(({ summary }) => summary), next };
        },
      },
      due: {
        page: async ({ tenant, shard, upTo }, limit, after = '') => {
          call('page');
          const pk = duePk(tenant, shard);
          const end = utcDay(upTo + days(1));
          const all = [...this.due.values()].filter((row) => row.pk === pk && row.sk > after && row.sk < end);
          const items = all.sort((a, b) => (a.sk < b.sk ? -1 : 1)).slice(0, limit);
          return { items, next: all.length > limit ? items.at(-1)?.sk : undefined };
        },
        put: async (asset, day) => {
          call('put');
          this.putDue(asset, day);
        },
        remove: async ({ pk, sk }) => {
          call('remove');
          this.due.delete(`${pk} ${sk}`);
        },
      },
      retention: {
        rules: async () => this.rules,
        holdsOf: async (_, scope, scopeId) => {
          call('holdsOf');
          return this.holds.filter(({ summary }) => summary.scope === scope && summary.scopeId === scopeId);
        },
        caseStatus: async (_, caseId) => this.cases.get(caseId),
      },
      holds: { list: async () => this.holds.map(({ summary }) => summary) },
      vault: {
        expire: async (key) => {
          call('expire');
          if (this.expired.includes(key)) return false;
          this.expired.push(key);
          return true;
        },
        purge: async (key) => {
          call('purge');
          this.purged.push(key);
          return { versions: 1, bytes: 1000 };
        },
      },
      scratch: { clean: async () => ({ versions: 0, bytes: 0, next: undefined }) },
      abroad: this.abroad.deps,
      tenants: this.#tenants,
      unpack: async ({ summary }) => void this.unpacked.push(summary.assetId),
      jobs: {
        start: async ({ tenant, jobId, input }) => {
          this.started.push({ tenant, jobId, input });
          return Promise.reject(new Error('nobody reads the row'));
        },
      },
      meter: {
        count: (name, value) => this.#add(name, value),
        bytes: (name, value) => this.#add(name, value),
      },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      clock: { now: () => this.now },
    };
  }

  #add(name: string, value: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + value;
  }

  key(assetId: string): string {
    return this.assets.get(assetId)?.detail.key ?? '';
  }
}
