import * as z from 'zod';
import { days } from '../core/time.ts';
import type { Services } from './services.ts';

const RegionChange = z.strictObject({ region: z.string(), down: z.boolean() });
const ReplicationChange = z.strictObject({
  lagMs: z.int().min(0).max(days(30)).optional(),
  paused: z.boolean().optional(),
});

/** Loses a region or brings it back. What waited for it runs, and copies that were held up are made. */
export const setRegion = (services: Services, change: unknown): void => {
  const { region, down } = RegionChange.parse(change);
  const known = regionsOf(services);
  if (!known.includes(region)) {
    throw new RangeError(`The app has nothing in \`${region}\`; its regions are ${known.join(' and ')}.`);
  }
  if (!services.regions.set(region, down) || down) return;
  services.lambda.resume();
  services.s3.replication.released();
};

/** Sets how replication goes. */
export const setReplication = ({ s3 }: Services, change: unknown): void => {
  const { lagMs, paused } = ReplicationChange.parse(change);
  s3.replication.set({ ...(lagMs !== undefined && { lagMs }), ...(paused !== undefined && { paused }) });
};

/** Where the app has buckets: each stack with data has some. */
const regionsOf = ({ s3 }: Services): string[] => [...new Set(s3.core.buckets.all().map(({ region }) => region))];
