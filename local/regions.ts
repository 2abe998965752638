import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from './aws/aws-error.ts';
import { readSetting, writeSetting } from './store.ts';

/** The regions of the platform, of which each can be lost and come back. What is in a lost one stays, and cannot be reached. */
export interface Regions {
  /** True for a region that is lost. */
  isDown(region: string): boolean;
  /** The lost ones, in order. */
  down(): readonly string[];
  /** Loses a region or brings it back; survives restarts. Answers whether anything has changed. */
  set(region: string, down: boolean): boolean;
}

const setting = 'regions-down';

/** Opens the state of the regions; none is lost at first. */
export const createRegions = (db: DatabaseSync): Regions => {
  const lost = new Set((readSetting(db, setting) ?? '').split(' ').filter((region) => region !== ''));
  return {
    isDown: (region) => lost.has(region),
    down: () => [...lost].sort(),
    set(region, down) {
      if (lost.has(region) === down) return false;
      if (down) lost.add(region);
      else lost.delete(region);
      writeSetting(db, setting, [...lost].sort().join(' '));
      return true;
    },
  };
};

/** What a client sees of a region that is lost. */
export const regionIsDown = (region: string): AwsError =>
  new AwsError('ServiceUnavailable', 503, `The region ${region} cannot be reached.`);

/** The region of an ARN. */
export const regionOfArn = (arn: string): string => arn.split(':')[3] ?? '';
