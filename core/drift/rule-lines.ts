/** A lifecycle rule in the words that template and bucket share. */
export interface LifecycleLine {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix?: string | undefined;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly largerThan?: number | undefined;
  readonly smallerThan?: number | undefined;
  readonly expireAfterDays?: number | undefined;
  readonly removesMarkers?: boolean | undefined;
  readonly noncurrentDays?: number | undefined;
  readonly abortAfterDays?: number | undefined;
  readonly transitions?: readonly { readonly storageClass: string; readonly days: number }[];
}

/** A rule of replication in the words that template and bucket share. */
export interface ReplicationLine {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix: string;
  readonly deleteMarkers: boolean;
  readonly withTimeControl: boolean;
}

/** One line for a rule; equal rules make equal lines. */
export const lifecycleLine = (rule: LifecycleLine): string =>
  [
    rule.id,
    rule.enabled ? 'on' : 'off',
    `prefix=${rule.prefix ?? ''}`,
    `tags=${(rule.tags ?? []).map(({ key, value }) => `${key}:${value}`).sort()}`,
    `size=${rule.largerThan ?? ''}-${rule.smallerThan ?? ''}`,
    `expire=${rule.expireAfterDays ?? ''}`,
    `markers=${rule.removesMarkers === true}`,
    `noncurrent=${rule.noncurrentDays ?? ''}`,
    `abort=${rule.abortAfterDays ?? ''}`,
    `move=${(rule.transitions ?? []).map(({ storageClass, days }) => `${storageClass}@${days}`).sort()}`,
  ].join(' ');

/** One line for a rule; equal rules make equal lines. */
export const replicationLine = ({ id, enabled, prefix, deleteMarkers, withTimeControl }: ReplicationLine): string =>
  `${id} ${enabled ? 'on' : 'off'} prefix=${prefix} markers=${deleteMarkers} timed=${withTimeControl}`;
