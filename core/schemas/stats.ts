import * as z from 'zod';
import { ClassName, TenantId } from './primitives.ts';

const Count = z.int();
const Money = z.number().describe('US dollars a month at list prices, an estimate');
const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const kept = {
  assets: Count.describe('Assets whose newest version is content'),
  deleted: Count.describe('Soft-deleted assets, whose versions are still there'),
  versions: Count.describe('Versions that are content'),
  bytes: Count.describe('Bytes of the current versions of stored assets'),
  noncurrentBytes: Count.describe('Bytes of all other versions, those of deleted assets included'),
  monthlyCost: Money,
};

/** What is kept of something. */
export const Kept = z.strictObject({ ...kept }).meta({ id: 'Kept' });
export type Kept = z.infer<typeof Kept>;

export const KeptInStorageClass = z
  .strictObject({
    storageClass: z.string(),
    archived: z.boolean().describe('Has to be restored before it can be read'),
    ...kept,
  })
  .meta({ id: 'KeptInStorageClass' });
export type KeptInStorageClass = z.infer<typeof KeptInStorageClass>;

export const KeptOfType = z.strictObject({ contentType: z.string(), ...kept }).meta({ id: 'KeptOfType' });
export type KeptOfType = z.infer<typeof KeptOfType>;

export const KeptOfClass = z
  .strictObject({
    class: z.string(),
    ...kept,
    storageClasses: z.array(KeptInStorageClass),
    contentTypes: z.array(KeptOfType),
  })
  .meta({ id: 'KeptOfClass' });
export type KeptOfClass = z.infer<typeof KeptOfClass>;

export const GrowthDay = z
  .strictObject({
    day: Day,
    addedAssets: Count,
    addedBytes: Count,
    removedAssets: Count,
    removedBytes: Count,
    bytes: Count.describe('All that was kept at the end of the day'),
  })
  .meta({ id: 'GrowthDay' });
export type GrowthDay = z.infer<typeof GrowthDay>;

export const StatsForecast = z
  .strictObject({
    bytesPerDay: Count,
    basedOnDays: Count,
    in30Days: Count,
    in90Days: Count,
    in365Days: Count,
  })
  .describe('A straight line through the days of the answer; no promise')
  .meta({ id: 'StatsForecast' });

/** Answer of `GET /stats`. */
export const Stats = z
  .strictObject({
    tenant: TenantId,
    asOf: z.string().optional().describe('When a counter changed last; a few seconds behind the catalog'),
    total: Kept,
    classes: z.array(KeptOfClass),
    storageClasses: z.array(KeptInStorageClass),
    growth: z.strictObject({ days: z.array(GrowthDay), forecast: StatsForecast.optional() }),
    prices: z.strictObject({
      region: z.string(),
      currency: z.literal('USD'),
      asOf: z.string().describe('The month of the price table'),
      source: z.string(),
      estimated: z.boolean().describe('Some of the numbers are carried over from another region'),
    }),
  })
  .meta({ id: 'Stats' });
export type Stats = z.infer<typeof Stats>;

/** Query of `GET /stats`. */
export const StatsQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number of days')
    .transform(Number)
    .pipe(z.int().min(1).max(400))
    .default(30)
    .describe('Days of growth, 1 to 400'),
  class: ClassName.optional().describe('Growth of one class alone'),
});
export type StatsQuery = z.infer<typeof StatsQuery>;

/** What one uploader keeps. */
export const UploaderUsage = z
  .strictObject({ uploader: z.string(), assets: Count, bytes: Count })
  .meta({ id: 'UploaderUsage' });
export type UploaderUsage = z.infer<typeof UploaderUsage>;

/** Answer of `GET /stats/users`. */
export const UsagePage = z
  .strictObject({ items: z.array(UploaderUsage), cursor: z.string().optional() })
  .meta({ id: 'UsagePage' });
export type UsagePage = z.infer<typeof UsagePage>;
