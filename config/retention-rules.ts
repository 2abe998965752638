import { KiB } from '../core/bytes.ts';
import type { ColdStorage, DataClass } from '../core/data-class.ts';
import { longestDurationMs } from '../core/retention/duration.ts';
import { days, hours } from '../core/time.ts';
import type { ClassRule } from './check-classes.ts';
import type { Problem } from './problem.ts';

/** What S3 charges at least for an object of that class, however early it goes. */
const leastDays: Record<ColdStorage, number> = {
  'standard-ia': 30,
  'glacier-ir': 90,
  glacier: 90,
  'deep-archive': 180,
};
/** Below this a cold object's overhead and minimum size cost more than the storage saves, and S3 does not move it. */
const leastColdBytes = KiB(128);

const inDays = (ms: number): string => `days(${ms / days(1)})`;

const problem = (dataClass: DataClass, name: string, allowed: string, fix: string): Problem => ({
  field: `classes[${dataClass.name}].retention.${name}`,
  value: Reflect.get(dataClass.retention, name),
  allowed,
  fix,
});

const coldIsWhole: ClassRule = (dataClass) => {
  const { cold, coldAfter } = dataClass.retention;
  if ((cold === undefined) === (coldAfter === undefined)) return [];
  const missing = cold === undefined ? 'cold' : 'coldAfter';
  return [
    problem(
      dataClass,
      missing,
      'a value where the other of `cold` and `coldAfter` has one',
      `Set \`${missing}\` as well`,
    ),
  ];
};

const lifecycleCountsDays: ClassRule = (dataClass) =>
  (['coldAfter', 'floor'] as const)
    .filter((name) => (dataClass.retention[name] ?? 0) % days(1) !== 0)
    .map((name) => problem(dataClass, name, 'whole days', 'S3 counts days; write it with `days()`'));

const deletionCountsHours: ClassRule = (dataClass) => {
  const { deleteAfter } = dataClass.retention;
  if (deleteAfter === undefined || (deleteAfter > 0 && deleteAfter % hours(1) === 0)) return [];
  return [problem(dataClass, 'deleteAfter', 'whole hours, one at least', 'Write it with `hours()` or `days()`')];
};

const infrequentAccessWaits: ClassRule = (dataClass) => {
  const { cold, coldAfter } = dataClass.retention;
  if (cold !== 'standard-ia' || coldAfter === undefined || coldAfter >= days(30)) return [];
  return [problem(dataClass, 'coldAfter', 'days(30) at least for `standard-ia`', 'S3 refuses an earlier transition')];
};

const transitionBeforeExpiry: ClassRule = (dataClass) => {
  const { coldAfter, deleteAfter } = dataClass.retention;
  if (coldAfter === undefined || deleteAfter === undefined || coldAfter < deleteAfter) return [];
  return [
    problem(
      dataClass,
      'coldAfter',
      `less than \`deleteAfter\`, which is ${inDays(deleteAfter)}`,
      'What is deleted first never gets cold; shorten `coldAfter` or remove it',
    ),
  ];
};

const coldLastsItsMinimum: ClassRule = (dataClass) => {
  const { cold, coldAfter, deleteAfter } = dataClass.retention;
  if (cold === undefined || coldAfter === undefined || deleteAfter === undefined || coldAfter >= deleteAfter) return [];
  const least = coldAfter + days(leastDays[cold]);
  if (deleteAfter >= least) return [];
  return [
    problem(
      dataClass,
      'deleteAfter',
      `${inDays(least)} at least: ${leastDays[cold]} days in \`${cold}\` are charged in any case`,
      'Delete later, or choose a class with a shorter minimum',
    ),
  ];
};

const coldObjectsAreLargeEnough: ClassRule = (dataClass) => {
  if (dataClass.retention.cold === undefined || dataClass.maxBytes > leastColdBytes) return [];
  return [
    problem(
      dataClass,
      'cold',
      `nothing where \`maxBytes\` is ${dataClass.maxBytes}: an object under 128 KiB does not go to a cold class alone`,
      'Leave out `cold` and `coldAfter`',
    ),
  ];
};

const floorBeforeExpiry: ClassRule = (dataClass) => {
  const { floor, deleteAfter } = dataClass.retention;
  if (floor === undefined || deleteAfter === undefined || floor <= deleteAfter) return [];
  return [
    problem(
      dataClass,
      'floor',
      `at most \`deleteAfter\`, which is ${inDays(deleteAfter)}`,
      'Nothing may be deleted before its floor; lengthen `deleteAfter` or lower the floor',
    ),
  ];
};

/** Past this no time is meant: it was written in other units. */
const timesAreLifetimes: ClassRule = (dataClass) =>
  (['coldAfter', 'deleteAfter', 'floor'] as const)
    .filter((name) => (dataClass.retention[name] ?? 0) > longestDurationMs)
    .map((name) => problem(dataClass, name, 'a hundred years at most', 'Write it in milliseconds, with `days()`'));

/** What is gone before anybody could hold it is neither copied nor tied to what lasts; lifecycle may then expire it. */
const shortLivedStaysAlone: ClassRule = (dataClass) => {
  const { replicate, topic, retention } = dataClass;
  const isShortLived = retention.deleteAfter !== undefined && retention.deleteAfter <= days(2);
  if (!isShortLived || (!replicate && topic !== 'case' && retention.floor === undefined)) return [];
  return [
    problem(
      dataClass,
      'deleteAfter',
      'more than days(2) where `replicate` is true, `topic` is `case` or a `floor` is set',
      'Keep it longer, or set `replicate: false` and leave out `topic` and `floor`',
    ),
  ];
};

/** What a class's times have to hold. */
export const retentionRules: readonly ClassRule[] = [
  coldIsWhole,
  lifecycleCountsDays,
  deletionCountsHours,
  infrequentAccessWaits,
  transitionBeforeExpiry,
  coldLastsItsMinimum,
  coldObjectsAreLargeEnough,
  floorBeforeExpiry,
  timesAreLifetimes,
  shortLivedStaysAlone,
];
