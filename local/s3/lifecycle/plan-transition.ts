import { KiB } from '../../../core/bytes.ts';
import type { BucketConfiguration } from '../buckets/configuration.ts';
import type { LifecycleRule, Transition } from '../buckets/lifecycle-rule.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { appliesTo, dueAfter } from './due.ts';

/** Objects only move down this list. */
const classOrder = [
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
];
const minTransitionBytes = KiB(128);
const archives = ['GLACIER', 'DEEP_ARCHIVE'];

/** A move that a rule demands of a version. */
export interface PlannedTransition {
  readonly due: number;
  readonly storageClass: string;
}

/** From when a version's days are counted, and how many noncurrent versions of its key are newer. */
export interface VersionAge {
  readonly since: number;
  readonly noncurrentRank: number | undefined;
}

/** Every move that the rules demand of a version, now or later. */
export const plannedTransitions = (
  configuration: BucketConfiguration,
  version: ObjectVersion,
  age: VersionAge,
): readonly PlannedTransition[] => {
  if (version.marker) return [];
  return configuration.lifecycle
    .filter((rule) => appliesTo(rule, version))
    .flatMap((rule) =>
      transitionsOf(rule, age)
        .filter(
          ({ storageClass }) =>
            isDownward(version, storageClass) && isLargeEnough(configuration, rule, version, storageClass),
        )
        .map(({ storageClass, days: count, date }) => ({ storageClass, due: date ?? dueAfter(age.since, count ?? 0) })),
    );
};

/** The coldest of the moves that are due. */
export const dueTransition = (planned: readonly PlannedTransition[], now: number): string | undefined =>
  planned
    .filter(({ due }) => due <= now)
    .map(({ storageClass }) => storageClass)
    .sort((a, b) => classOrder.indexOf(b) - classOrder.indexOf(a))[0];

const transitionsOf = (rule: LifecycleRule, { noncurrentRank }: VersionAge): readonly Transition[] =>
  noncurrentRank === undefined
    ? rule.transitions
    : rule.noncurrentTransitions.filter(({ newerNoncurrentVersions = 0 }) => noncurrentRank >= newerNoncurrentVersions);

const isDownward = ({ detail }: ObjectVersion, storageClass: string): boolean =>
  classOrder.indexOf(storageClass) > classOrder.indexOf(detail.storageClass);

/** A size in the rule itself says that small objects are meant. */
const isLargeEnough = (
  { transitionMinimum }: BucketConfiguration,
  { filter }: LifecycleRule,
  { size }: ObjectVersion,
  storageClass: string,
): boolean => {
  if (size >= minTransitionBytes) return true;
  if (filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined) return true;
  return transitionMinimum === 'varies_by_storage_class' && archives.includes(storageClass);
};
