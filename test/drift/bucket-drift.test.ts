import { describe, expect, it } from 'vitest';
import { bucketDrift, type ExpectedBucket, type FoundBucket } from '../../core/drift/bucket-drift.ts';
import { lineDigest, linesDigest } from '../../core/drift/digest.ts';
import { statementName, statementShape } from '../../core/drift/policy-shape.ts';
import { lifecycleLine, replicationLine } from '../../core/drift/rule-lines.ts';

const expected: ExpectedBucket = {
  policy: { DenyPlainHttp: 'a', DenyOldTls: 'b' },
  lifecycle: 'rules',
  replication: 'copies',
  lock: 'COMPLIANCE 400',
  encryption: 'aws:kms',
};
const key = 'arn:aws:kms:ap-south-1:000000000000:key/k1';
const asDeployed: FoundBucket = {
  ...expected,
  encryptionKey: key,
  versioning: 'Enabled',
  publicAccess: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
};

describe('a bucket', () => {
  it('that is what was deployed has not drifted', () => {
    expect(bucketDrift('vault', { expected, key }, asDeployed)).toEqual([]);
  });

  it('whose key nobody knows here may have any', () => {
    expect(bucketDrift('vault', { expected }, { ...asDeployed, encryptionKey: 'another' })).toEqual([]);
  });

  it.each<[string, Partial<FoundBucket>, string, string]>([
    ['its policy was wiped', { policy: {} }, 'policy', 'DenyPlainHttp, DenyOldTls is missing'],
    ['a statement was added', { policy: { ...asDeployed.policy, Open: 'c' } }, 'policy', 'Open was added'],
    [
      'a statement was changed',
      { policy: { ...asDeployed.policy, DenyOldTls: 'c' } },
      'policy',
      'DenyOldTls was changed',
    ],
    ['public access is open', { publicAccess: {} }, 'publicAccess', 'BlockPublicAcls, BlockPublicPolicy'],
    [
      'one kind of public access is open',
      { publicAccess: { ...asDeployed.publicAccess, BlockPublicPolicy: false } },
      'publicAccess',
      'BlockPublicPolicy is off',
    ],
    ['versions are suspended', { versioning: 'Suspended' }, 'versioning', 'it is Suspended'],
    ['it never had versions', { versioning: undefined }, 'versioning', 'it is off'],
    ['its encryption is another', { encryption: 'AES256' }, 'encryption', 'it is AES256'],
    ['its key is another', { encryptionKey: 'another' }, 'encryption', 'it is with another key'],
    ['its lifecycle is gone', { lifecycle: undefined }, 'lifecycle', 'the rules are gone'],
    ['its lifecycle was changed', { lifecycle: 'other' }, 'lifecycle', 'the rules are changed'],
    ['it is no longer copied', { replication: undefined }, 'replication', 'the rules are gone'],
    ['its lock is off', { lock: undefined }, 'objectLock', 'it is off'],
    ['its lock was weakened', { lock: 'GOVERNANCE 1' }, 'objectLock', 'it is GOVERNANCE 1'],
  ])('has drifted where %s', (_, change, setting, found) => {
    const drifts = bucketDrift('vault', { expected, key }, { ...asDeployed, ...change });

    expect(drifts).toHaveLength(1);
    expect(drifts[0]).toMatchObject({ bucket: 'vault', setting });
    expect(drifts[0]?.found).toContain(found);
  });

  it('that is copied although nothing was said of it has drifted', () => {
    const { replication: _, ...without } = expected;

    expect(bucketDrift('logs', { expected: without, key }, asDeployed)).toMatchObject([
      { setting: 'replication', found: 'the rules are not ours' },
    ]);
  });
});

describe('the shape of a statement', () => {
  const statement = {
    Sid: 'DenyPlainHttp',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };

  it('is the same however S3 writes it', () => {
    const rewritten = { ...statement, Principal: '*', Action: ['s3:*'] };

    expect(statementShape(rewritten)).toBe(statementShape(statement));
  });

  it.each([
    ['allows', { Effect: 'Allow' }],
    ['is for somebody only', { Principal: { AWS: 'arn:aws:iam::1:root' } }],
    ['is about other actions', { Action: 's3:GetObject' }],
    ['has another condition', { Condition: { Bool: { 'aws:ViaAWSService': 'false' } } }],
    ['has no condition', { Condition: undefined }],
  ])('is another where it %s', (_, change) => {
    expect(statementShape({ ...statement, ...change })).not.toBe(statementShape(statement));
  });

  it('is named by its place where it has no name', () => {
    expect([statementName(statement, 0), statementName({}, 1)]).toEqual(['DenyPlainHttp', 'statement 2']);
  });
});

describe('a line', () => {
  it('is the same for the same rule, and digests do not depend on the order of rules', () => {
    const [a, b] = [lifecycleLine({ id: 'a', enabled: true }), lifecycleLine({ id: 'b', enabled: true, prefix: 'x/' })];

    expect(lifecycleLine({ id: 'a', enabled: true, prefix: '', tags: [] })).toBe(a);
    expect(linesDigest([a, b])).toBe(linesDigest([b, a]));
    expect(lineDigest(a)).not.toBe(lineDigest(b));
  });

  it('tells whether markers are copied and copies are timed', () => {
    const rule = { id: 'r', enabled: true, prefix: 'raw/', deleteMarkers: true, withTimeControl: true };
    const lines = [
      rule,
      { ...rule, deleteMarkers: false },
      { ...rule, withTimeControl: false },
      { ...rule, enabled: false },
    ];

    expect(new Set(lines.map(replicationLine)).size).toBe(4);
  });
});
