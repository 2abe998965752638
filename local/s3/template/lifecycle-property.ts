import * as z from 'zod';
import { templateBoolean, templateNumber } from '../../aws/resource-properties.ts';
import type { LifecycleRule, Transition } from '../buckets/lifecycle-rule.ts';

const TransitionProperty = z.strictObject({
  StorageClass: z.enum(['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']),
  TransitionInDays: templateNumber.optional(),
  TransitionDate: z.iso.datetime({ offset: true }).optional(),
  NewerNoncurrentVersions: templateNumber.optional(),
});

const Rule = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  TagFilters: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
  ObjectSizeGreaterThan: templateNumber.optional(),
  ObjectSizeLessThan: templateNumber.optional(),
  ExpirationInDays: templateNumber.pipe(z.number().positive()).optional(),
  ExpirationDate: z.iso.datetime({ offset: true }).optional(),
  ExpiredObjectDeleteMarker: templateBoolean.optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: templateNumber, NewerNoncurrentVersions: templateNumber.optional() })
    .optional(),
  NoncurrentVersionExpirationInDays: templateNumber.optional(),
  Transitions: z.array(TransitionProperty).optional(),
  Transition: TransitionProperty.optional(),
  NoncurrentVersionTransitions: z.array(TransitionProperty).optional(),
  NoncurrentVersionTransition: TransitionProperty.optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: templateNumber }).optional(),
});

/** `LifecycleConfiguration` of `AWS::S3::Bucket`. */
export const lifecycleProperty = z.strictObject({
  Rules: z.array(Rule),
  TransitionDefaultMinimumObjectSize: z.enum(['all_storage_classes_128K', 'varies_by_storage_class']).optional(),
});

/** A rule of the template as the bucket keeps it. */
export const lifecycleRule = (rule: z.infer<typeof Rule>, index: number): LifecycleRule => {
  const noncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
  const newerVersions = rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions;
  const all = <T>(several: readonly T[] | undefined, one: T | undefined): readonly T[] => [
    ...(several ?? []),
    ...(one === undefined ? [] : [one]),
  ];
  return {
    id: rule.Id ?? `rule-${index + 1}`,
    enabled: rule.Status === 'Enabled',
    filter: {
      prefix: rule.Prefix ?? '',
      tags: Object.fromEntries((rule.TagFilters ?? []).map(({ Key, Value }) => [Key, Value])),
      ...(rule.ObjectSizeGreaterThan !== undefined && { sizeGreaterThan: rule.ObjectSizeGreaterThan }),
      ...(rule.ObjectSizeLessThan !== undefined && { sizeLessThan: rule.ObjectSizeLessThan }),
    },
    expiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker ?? false,
    transitions: all(rule.Transitions, rule.Transition).map(toTransition),
    noncurrentTransitions: all(rule.NoncurrentVersionTransitions, rule.NoncurrentVersionTransition).map(toTransition),
    ...(rule.ExpirationInDays !== undefined && { expirationDays: rule.ExpirationInDays }),
    ...(rule.ExpirationDate !== undefined && { expirationDate: Date.parse(rule.ExpirationDate) }),
    ...(noncurrentDays !== undefined && {
      noncurrentExpiration: { days: noncurrentDays, ...(newerVersions !== undefined && { newerVersions }) },
    }),
    ...(rule.AbortIncompleteMultipartUpload !== undefined && {
      abortUploadsAfterDays: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation,
    }),
  };
};

const toTransition = (transition: z.infer<typeof TransitionProperty>): Transition => ({
  storageClass: transition.StorageClass,
  ...(transition.TransitionInDays !== undefined && { days: transition.TransitionInDays }),
  ...(transition.TransitionDate !== undefined && { date: Date.parse(transition.TransitionDate) }),
  ...(transition.NewerNoncurrentVersions !== undefined && {
    newerNoncurrentVersions: transition.NewerNoncurrentVersions,
  }),
});
