import { s3StorageClass } from '../../core/archive/archive-class.ts';
import type { DataClass } from '../../core/data-class.ts';
import { PackInput } from '../../core/jobs/archive-input.ts';
import { metricNames } from '../../core/metric-names.ts';
import { buildPack } from '../../core/pack/build.ts';
import { resumePacks } from '../../core/pack/resume.ts';
import type { PackDeps } from '../../core/pack/settle.ts';
import { days } from '../../core/time.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { type ListsAhead, listsAhead } from '../shared/lists-ahead.ts';
import type { Meter } from '../shared/metrics.ts';
import type { Tenants } from '../shared/tenants.ts';
import { gather, oldEnough } from './candidates.ts';
import type { Packing, PackingRows } from './packing-rows.ts';

export interface PackJobDeps {
  readonly index: AssetIndex;
  readonly packs: PackDeps;
  readonly packing: PackingRows;
  readonly tenants: Tenants;
  /** Erases the members of packs that were deleted softly, past the time in which they can be brought back. */
  readonly forget: (tenant: string) => Promise<number>;
  readonly classes: readonly DataClass[];
  readonly meter: Pick<Meter, 'count'>;
}

/** Where the job is: behind a tenant, at the start of one (what is left over comes first), or in a class of it. */
interface PackCursor {
  readonly behind?: string;
  readonly tenant?: string;
  readonly classIndex?: number;
}

type PackTally = {
  readonly tenants: number;
  readonly packs: number;
  readonly packed: number;
  readonly contentBytes: number;
  readonly packBytes: number;
  /** Members that were deleted so long ago that nobody can bring them back. */
  readonly erased: number;
  readonly rewritten: number;
  /** Packs that are restored first, because erased members have to leave them. */
  readonly waiting: number;
};

const nothing: PackTally = {
  tenants: 0,
  packs: 0,
  packed: 0,
  contentBytes: 0,
  packBytes: 0,
  erased: 0,
  rewritten: 0,
  waiting: 0,
};

/** What does not fill a pack is packed all the same once it has waited so long. */
const patienceMs = days(30);

/** So many lists are gone through in one page as long as they give no pack. */
const mostLists = 50;

const add = (a: PackTally, b: PackTally): PackTally => ({
  tenants: a.tenants + b.tenants,
  packs: a.packs + b.packs,
  packed: a.packed + b.packed,
  contentBytes: a.contentBytes + b.contentBytes,
  packBytes: a.packBytes + b.packBytes,
  erased: a.erased + b.erased,
  rewritten: a.rewritten + b.rewritten,
  waiting: a.waiting + b.waiting,
});

/** Packs what is small and old enough, of every tenant and class, one pack a page; brings unfinished packs to their end first. */
export const packJob: JobDefinition<PackInput, PackJobDeps> = {
  input: PackInput,
  run: ({ input }, context, deps) =>
    runPages<PackCursor, PackTally>(context, {
      name: 'pack',
      from: input.tenant === undefined ? {} : { tenant: input.tenant },
      tally: nothing,
      page: (cursor) => onePage(cursor, input, deps),
      add,
      // Tenants alone are no progress that somebody waits for.
      report: async (tally) => (isSame(tally, { ...nothing, tenants: tally.tenants }) ? undefined : deps.report(tally)),
    }),
};

type Page = { readonly next?: PackCursor | undefined; readonly tally: PackTally };

const isSame = (a: PackTally, b: PackTally): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What one page of work asks for only once. */
interface Asked {
  readonly tenantAfter: (tenant: string | undefined) => Promise<string | undefined>;
  readonly packingOf: (tenant: string) => Promise<Packing>;
  readonly holdsAny: ListsAhead;
}

/** Goes on to the next list as long as there is nothing to pack: a night without a pack is one page. */
const onePage = async (cursor: PackCursor, input: PackInput, deps: PackJobDeps): Promise<Page> => {
  const packings = new Map<string, Packing>();
  const asked: Asked = {
    tenantAfter: deps.tenants.remembered().after,
    packingOf: async (tenant) => {
      const packing = packings.get(tenant) ?? (await deps.packing.of(tenant));
      packings.set(tenant, packing);
      return packing;
    },
    holdsAny: listsAhead(deps.index),
  };
  let tally = nothing;
  let at: PackCursor | undefined = cursor;
  for (let lists = 0; at !== undefined && lists < mostLists; lists += 1) {
    const { next, tally: one }: Page = await oneList(at, input, { ...deps, ...asked });
    tally = add(tally, one);
    at = next;
    if (one.packs > 0) break;
  }
  return { next: at, tally };
};

const oneList = async (cursor: PackCursor, input: PackInput, deps: PackJobDeps & Asked): Promise<Page> => {
  const { tenant, classIndex } = cursor;
  if (tenant === undefined) {
    const next = await deps.tenantAfter(cursor.behind);
    return { next: next === undefined ? undefined : { tenant: next }, tally: nothing };
  }
  if (classIndex === undefined) return resume(tenant, deps);
  const classes = packable(deps.classes, input);
  if (classes[classIndex] === undefined) {
    const next = input.tenant === undefined ? { behind: tenant } : undefined;
    return { next, tally: { ...nothing, tenants: 1 } };
  }
  const { more, tally } = await packOnce(tenant, { classes, classIndex }, input, deps);
  return { next: { tenant, classIndex: more ? classIndex : classIndex + 1 }, tally };
};

const resume = async (tenant: string, deps: PackJobDeps & Asked): Promise<Page> => {
  const [erased] = await Promise.all([deps.forget(tenant), deps.packingOf(tenant)]);
  const { rewritten, waiting } = await resumePacks(tenant, deps.packs);
  if (rewritten > 0) deps.meter.count(metricNames.packsRewritten, rewritten);
  if (waiting > 0) deps.meter.count(metricNames.packsWaiting, waiting);
  return { next: { tenant, classIndex: 0 }, tally: { ...nothing, erased, rewritten, waiting } };
};

/** Classes that say of themselves that small objects are compressed when they go to the archive. */
const packable = (classes: readonly DataClass[], { dataClass }: PackInput): readonly DataClass[] =>
  classes.filter(
    ({ name, compress, retention }) =>
      compress === 'zstd' && retention.cold !== undefined && (dataClass === undefined || dataClass === name),
  );

const packOnce = async (
  tenant: string,
  { classes, classIndex }: { readonly classes: readonly DataClass[]; readonly classIndex: number },
  { partly }: PackInput,
  { index, packs, packingOf, holdsAny, meter }: PackJobDeps & Asked,
): Promise<{ more: boolean; tally: PackTally }> => {
  const now = packs.clock.now();
  const packing = await packingOf(tenant);
  const lists = classes.map((one) => oldEnough(tenant, one, { from: packing.packedUntil(one.name, now), now }));
  const [dataClass, list] = [classes[classIndex], lists[classIndex]];
  const isThere = dataClass !== undefined && list !== undefined && (await holdsAny(tenant, lists, classIndex));
  if (!isThere) return { more: false, tally: nothing };
  const { cold, coldAfter = 0 } = dataClass.retention;
  const found = await gather(tenant, list, index);
  const waited = now - coldAfter - Date.parse(found.oldestAt ?? '');
  if (cold === undefined || !(found.isFull || partly || waited >= patienceMs)) return { more: false, tally: nothing };
  const owner = { tenant, dataClass: dataClass.name };
  const built = await buildPack(owner, { storageClass: s3StorageClass[cold], candidates: found.candidates }, packs);
  if (found.end !== undefined) await packing.setPackedUntil(dataClass.name, { until: found.end, now });
  if (built.packed > 0) {
    meter.count(metricNames.objectsPacked, built.packed, { class: dataClass.name });
  }
  return { more: found.isFull, tally: { ...nothing, ...built, packs: built.packed > 0 ? 1 : 0 } };
};
