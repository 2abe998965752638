/** Which objects a lifecycle rule is about. */
export interface LifecycleFilter {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sizeGreaterThan?: number;
  readonly sizeLessThan?: number;
}

/** A move to another storage class, so many days after creation (or after becoming noncurrent) or on a date. */
export interface Transition {
  readonly storageClass: string;
  readonly days?: number;
  /** Milliseconds since the epoch. */
  readonly date?: number;
  readonly newerNoncurrentVersions?: number;
}

/** One lifecycle rule of a bucket; what is undefined the rule does not do. */
export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly filter: LifecycleFilter;
  readonly expirationDays?: number;
  readonly expirationDate?: number;
  readonly expiredObjectDeleteMarker: boolean;
  readonly noncurrentExpiration?: { readonly days: number; readonly newerVersions?: number };
  readonly transitions: readonly Transition[];
  readonly noncurrentTransitions: readonly Transition[];
  readonly abortUploadsAfterDays?: number;
}
