import { days } from '../../../core/time.ts';
import type { LifecycleRule } from '../buckets/lifecycle-rule.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** When something is due so many days after a time: at the midnight (UTC) that ends that day, as S3 rounds. */
export const dueAfter = (time: number, count: number): number => Math.ceil((time + days(count)) / days(1)) * days(1);

/** True where a rule is about a version: its prefix, its tags and its size. */
export const appliesTo = ({ enabled, filter }: LifecycleRule, version: ObjectVersion): boolean => {
  if (!enabled || !version.key.startsWith(filter.prefix)) return false;
  const tagged = Object.entries(filter.tags).every(([key, value]) => version.detail.tags[key] === value);
  const larger = filter.sizeGreaterThan === undefined || version.size > filter.sizeGreaterThan;
  const smaller = filter.sizeLessThan === undefined || version.size < filter.sizeLessThan;
  return tagged && (version.marker || (larger && smaller));
};
