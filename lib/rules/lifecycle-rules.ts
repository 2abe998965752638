import { days } from '../../core/time.ts';
import { bucketPart, bucketType } from './bucket.ts';
import { eachResource, type Rule } from './rule.ts';
import { at, type Json, list, type TemplateResource } from './templates.ts';

/** What S3 charges at least, in days. */
const leastDays: Readonly<Record<string, number>> = { STANDARD_IA: 30, GLACIER_IR: 90, GLACIER: 90, DEEP_ARCHIVE: 180 };
const storageClasses = {
  'standard-ia': 'STANDARD_IA',
  'glacier-ir': 'GLACIER_IR',
  glacier: 'GLACIER',
  'deep-archive': 'DEEP_ARCHIVE',
} as const;

const rulesOf = ({ properties }: TemplateResource): readonly Json[] =>
  list(at(properties['LifecycleConfiguration'], 'Rules')).filter((rule) => at(rule, 'Status') === 'Enabled');

const transitionsOf = (rule: Json): readonly Json[] => list(at(rule, 'Transitions'));

const abortsUploads = eachResource(
  'C15',
  'a bucket ends incomplete uploads after a day',
  bucketType,
  (bucket) =>
    !rulesOf(bucket).some(
      (rule) =>
        at(rule, 'Prefix') === undefined && at(rule, 'AbortIncompleteMultipartUpload', 'DaysAfterInitiation') === 1,
    ) && 'AbortIncompleteMultipartUpload must be 1 for the whole bucket',
);

const cleansOldVersions = eachResource(
  'C16',
  'a bucket cleans old versions and bare delete markers',
  bucketType,
  (bucket) => {
    const rules = rulesOf(bucket);
    if (!rules.some((rule) => at(rule, 'ExpiredObjectDeleteMarker') === true))
      return 'ExpiredObjectDeleteMarker must be true';
    return (
      !rules.some((rule) => at(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays') !== undefined) &&
      'NoncurrentVersionExpiration must be set'
    );
  },
);

const oldVersionsEnd = eachResource(
  'C16c',
  'old versions of every class end, small ones too',
  bucketType,
  (bucket, input) => {
    if (bucketPart(bucket, input) !== 'vault') return undefined;
    const endless = input.dataClasses.find(
      ({ prefix }) =>
        !rulesOf(bucket).some(
          (rule) =>
            at(rule, 'Prefix') === prefix &&
            at(rule, 'ObjectSizeGreaterThan') === undefined &&
            at(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays') !== undefined,
        ),
    );
    return (
      endless !== undefined && `NoncurrentVersionExpiration must be set for ${endless.name}, without a limit of size`
    );
  },
);

const keepsTheFloor = eachResource(
  'C16b',
  'no old version of a class goes before its floor',
  bucketType,
  (bucket, input) => {
    if (bucketPart(bucket, input) !== 'vault') return undefined;
    const early = input.dataClasses.find(({ prefix, retention }) =>
      rulesOf(bucket).some(
        (rule) =>
          prefix.startsWith(String(at(rule, 'Prefix') ?? '')) &&
          Number(at(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays') ?? Number.POSITIVE_INFINITY) <
            (retention.floor ?? 0) / days(1),
      ),
    );
    return early !== undefined && `old versions of ${early.name} expire before its floor`;
  },
);

const isSane = eachResource('C17', 'a transition pays: before the expiry, and long enough', bucketType, (bucket) => {
  const wrong = rulesOf(bucket).find((rule) => {
    const expiry = Number(at(rule, 'ExpirationInDays') ?? Number.POSITIVE_INFINITY);
    return transitionsOf(rule).some(
      (transition) =>
        expiry < Number(at(transition, 'TransitionInDays')) + (leastDays[String(at(transition, 'StorageClass'))] ?? 0),
    );
  });
  return wrong !== undefined && `rule ${String(at(wrong, 'Id'))} expires what has just become cold`;
});

const leavesSmallObjects = eachResource(
  'C17b',
  'nothing under 128 KB goes to a cold class alone',
  bucketType,
  (bucket) => {
    const small = rulesOf(bucket).find(
      (rule) => transitionsOf(rule).length > 0 && !(Number(at(rule, 'ObjectSizeGreaterThan')) >= 131_072),
    );
    return small !== undefined && `rule ${String(at(small, 'Id'))} must have ObjectSizeGreaterThan 131072`;
  },
);

const followsTheClasses = eachResource(
  'C17c',
  'the vault moves each class when its declaration says',
  bucketType,
  (bucket, input) => {
    if (bucketPart(bucket, input) !== 'vault') return undefined;
    const missed = input.dataClasses.find(({ prefix, retention }) => {
      const moves = rulesOf(bucket)
        .filter((rule) => at(rule, 'Prefix') === prefix)
        .flatMap(transitionsOf);
      if (retention.cold === undefined) return moves.length > 0;
      const [move] = moves;
      return (
        moves.length !== 1 ||
        at(move, 'StorageClass') !== storageClasses[retention.cold] ||
        at(move, 'TransitionInDays') !== (retention.coldAfter ?? 0) / days(1)
      );
    });
    return missed !== undefined && `the rule for ${missed.name} differs from its declaration`;
  },
);

const holdsAreSafe = eachResource(
  'C17d',
  'lifecycle expires no current object that could be held',
  bucketType,
  (bucket, input) => {
    if (bucketPart(bucket, input) !== 'vault') return undefined;
    const expiring = rulesOf(bucket).filter((rule) => at(rule, 'ExpirationInDays') !== undefined);
    const shortLived = input.dataClasses.filter(
      ({ retention }) => (retention.deleteAfter ?? Number.POSITIVE_INFINITY) <= days(2),
    );
    const wrong = expiring.find((rule) => !shortLived.some(({ prefix }) => prefix === at(rule, 'Prefix')));
    return wrong !== undefined && `rule ${String(at(wrong, 'Id'))} expires current objects, holds or not`;
  },
);

const quarantineIsShort = eachResource(
  'C21',
  'what lies in landing expires within three days',
  bucketType,
  (bucket, input) => {
    if (bucketPart(bucket, input) !== 'landing') return undefined;
    if (bucket.properties['ReplicationConfiguration'] !== undefined) return 'quarantine must not be replicated';
    const expires = rulesOf(bucket).some(
      (rule) => at(rule, 'Prefix') === undefined && Number(at(rule, 'ExpirationInDays')) <= 3,
    );
    return !expires && 'ExpirationInDays must be 3 at most for the whole bucket';
  },
);

/** Rules over the lifecycle of the buckets. */
export const lifecycleRules: readonly Rule[] = [
  abortsUploads,
  cleansOldVersions,
  oldVersionsEnd,
  keepsTheFloor,
  isSane,
  leavesSmallObjects,
  followsTheClasses,
  holdsAreSafe,
  quarantineIsShort,
];
