import * as z from 'zod';
import type { AssetRow } from '../catalog/asset-row.ts';

/** Where erasures are written down, in the audit bucket, outside of what any recovery brings back. */
export const erasuresPrefix = 'erasures/';

/** One erased thing; ids only. */
export const ErasureEntry = z.looseObject({
  v: z.literal(1),
  tenant: z.string().min(1),
  /** The pseudonymous id of an erased person. */
  subject: z.string().min(1).optional(),
  /** Erased assets. */
  assets: z.array(z.string()).optional(),
  /** ISO time. */
  erasedAt: z.string(),
});
export type ErasureEntry = z.infer<typeof ErasureEntry>;

/** Everything that was ever erased, ready to be asked. */
export interface Erasures {
  readonly count: number;
  has(row: Pick<AssetRow, 'tenant' | 'summary'>): boolean;
}

/** Reads the body of an entry; undefined for what is none, which must stop a recovery and not be passed over. */
export const parseErasure = (body: string): ErasureEntry | undefined => {
  try {
    const entry = ErasureEntry.safeParse(JSON.parse(body)).data;
    return entry === undefined || (entry.subject === undefined && entry.assets === undefined) ? undefined : entry;
  } catch {
    return undefined;
  }
};

export const erasuresOf = (entries: readonly ErasureEntry[]): Erasures => {
  const name = (tenant: string, id: string): string => `${tenant.length} ${tenant}${id}`;
  const subjects = new Set(
    entries.flatMap(({ tenant, subject }) => (subject === undefined ? [] : [name(tenant, subject)])),
  );
  const assets = new Set(entries.flatMap(({ tenant, assets: ids = [] }) => ids.map((id) => name(tenant, id))));
  return {
    count: entries.length,
    has: ({ tenant, summary: { assetId, subject } }) =>
      assets.has(name(tenant, assetId)) || (subject !== undefined && subjects.has(name(tenant, subject))),
  };
};
