import type { LifecycleRule } from '../buckets/lifecycle-rule.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { appliesTo, dueAfter } from './due.ts';

/** When a current object expires; undefined where no rule says so. */
export const currentExpiry = (rules: readonly LifecycleRule[], version: ObjectVersion): number | undefined =>
  earliest(
    rules
      .filter((rule) => appliesTo(rule, version))
      .flatMap(({ expirationDays, expirationDate }) => [
        ...(expirationDays === undefined ? [] : [dueAfter(version.modified, expirationDays)]),
        ...(expirationDate === undefined ? [] : [expirationDate]),
      ]),
  );

/** When a noncurrent version or marker goes for good. */
export const noncurrentExpiry = (
  rules: readonly LifecycleRule[],
  version: ObjectVersion,
  { since, rank }: { readonly since: number; readonly rank: number },
): number | undefined =>
  earliest(
    rules
      .filter((rule) => appliesTo(rule, version))
      .flatMap(({ noncurrentExpiration: expiration }) =>
        expiration === undefined || rank < (expiration.newerVersions ?? 0) ? [] : [dueAfter(since, expiration.days)],
      ),
  );

/** When a delete marker without versions behind it goes; a rule with a size or tags says nothing of markers. */
export const markerExpiry = (rules: readonly LifecycleRule[], marker: ObjectVersion): number | undefined =>
  earliest(
    rules
      .filter((rule) => appliesTo(rule, marker) && Object.keys(rule.filter.tags).length === 0)
      .flatMap(({ expiredObjectDeleteMarker, expirationDays }) => [
        ...(expiredObjectDeleteMarker ? [dueAfter(marker.modified, 0)] : []),
        ...(expirationDays === undefined ? [] : [dueAfter(marker.modified, expirationDays)]),
      ]),
  );

const earliest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.min(...times);
