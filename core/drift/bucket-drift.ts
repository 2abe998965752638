import * as z from 'zod';

/**
 * What a bucket is to be like, baked into the function that guards it. Rules and statements are digests of their lines: what
 * is in them is in the template, and all buckets have to fit into one variable.
 */
export const ExpectedBucket = z.strictObject({
  /** Statements of the policy: name to digest. */
  policy: z.record(z.string(), z.string()),
  /** One digest of all lifecycle rules. */
  lifecycle: z.string(),
  /** One digest of all rules of replication. */
  replication: z.string().optional(),
  /** `on`, or the default retention: `COMPLIANCE 400`. */
  lock: z.string().optional(),
  encryption: z.enum(['aws:kms', 'AES256']),
});
export type ExpectedBucket = z.infer<typeof ExpectedBucket>;

/** What a bucket is like; what it lacks is absent. */
export interface FoundBucket {
  readonly policy: Readonly<Record<string, string>>;
  readonly lifecycle?: string | undefined;
  readonly replication?: string | undefined;
  readonly lock?: string | undefined;
  readonly encryption?: string | undefined;
  readonly encryptionKey?: string | undefined;
  readonly versioning?: string | undefined;
  /** The four kinds of public access, and whether each is blocked. */
  readonly publicAccess: Readonly<Record<string, boolean>>;
}

/** A setting that is not what was deployed. */
export interface Drift {
  readonly bucket: string;
  /** `policy`, `publicAccess`, `versioning`, … */
  readonly setting: string;
  readonly found: string;
}

/** Where a bucket is not what was deployed; `key` is the ARN that encrypts it, unknown outside its own region. */
export const bucketDrift = (
  bucket: string,
  { expected, key }: { readonly expected: ExpectedBucket; readonly key?: string | undefined },
  found: FoundBucket,
): readonly Drift[] => {
  const drift = (setting: string, text: string): Drift => ({ bucket, setting, found: text });
  const open = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].filter(
    (block) => found.publicAccess[block] !== true,
  );
  return [
    ...(open.length > 0 ? [drift('publicAccess', `${open.join(', ')} is off`)] : []),
    ...(found.versioning === 'Enabled' ? [] : [drift('versioning', `it is ${found.versioning ?? 'off'}`)]),
    ...policyDrift(expected.policy, found.policy).map((text) => drift('policy', text)),
    ...differs(expected.lifecycle, found.lifecycle).map((text) => drift('lifecycle', `the rules are ${text}`)),
    ...differs(expected.replication, found.replication).map((text) => drift('replication', `the rules are ${text}`)),
    ...(expected.lock === found.lock ? [] : [drift('objectLock', `it is ${found.lock ?? 'off'}`)]),
    ...encryptionDrift(expected, key, found).map((text) => drift('encryption', text)),
  ];
};

const policyDrift = (expected: FoundBucket['policy'], found: FoundBucket['policy']): readonly string[] => {
  const missing = Object.keys(expected).filter((name) => !Object.hasOwn(found, name));
  const added = Object.keys(found).filter((name) => !Object.hasOwn(expected, name));
  const changed = Object.keys(expected).filter((name) => Object.hasOwn(found, name) && found[name] !== expected[name]);
  return [
    ...(missing.length > 0 ? [`${missing.join(', ')} is missing`] : []),
    ...(added.length > 0 ? [`${added.join(', ')} was added`] : []),
    ...(changed.length > 0 ? [`${changed.join(', ')} was changed`] : []),
  ];
};

const differs = (expected: string | undefined, found: string | undefined): readonly string[] => {
  if (expected === found) return [];
  return [found === undefined ? 'gone' : expected === undefined ? 'not ours' : 'changed'];
};

const encryptionDrift = (
  expected: ExpectedBucket,
  key: string | undefined,
  { encryption, encryptionKey }: FoundBucket,
): readonly string[] => {
  if (encryption !== expected.encryption) return [`it is ${encryption ?? 'off'}`];
  return key === undefined || encryptionKey === key ? [] : ['it is with another key'];
};
