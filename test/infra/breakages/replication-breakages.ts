import type { Breakage, Free } from './broken-templates.ts';
import { add, bucket, copy, propertiesOf, replication, replicationRole, sidOf } from './broken-templates.ts';

const statementsOf = (role: Free): Free[] => role.Policies[0].PolicyDocument.Statement;

/** Ways to spoil a template that the rules of lib/rules/replication-rules.ts have to see. */
export const replications: readonly Breakage[] = [
  {
    rule: 'C21b',
    title: 'a vault without a copy',
    spoil: (t) => {
      delete bucket(t).ReplicationConfiguration;
    },
  },
  {
    rule: 'C21b',
    title: 'a bucket of data that nobody thought of',
    spoil: (t) => add(t.data, 'Evidence', 'AWS::S3::Bucket', { BucketName: 'evidence' }),
  },
  {
    rule: 'C21b',
    title: 'a quarantine that is copied',
    spoil: (t) => {
      bucket(t, 'Landing').ReplicationConfiguration = replication(t);
    },
  },
  {
    rule: 'C21b',
    title: 'an audit whose only rule is off',
    spoil: (t) => {
      replication(t, 'Audit').Rules[0].Status = 'Disabled';
    },
  },
  {
    rule: 'C21c',
    title: 'a class without its rule',
    spoil: (t) => {
      replication(t).Rules.splice(1, 1);
    },
  },
  {
    rule: 'C21c',
    title: 'temporary data that is copied',
    spoil: (t) => {
      replication(t).Rules[0].Filter.Prefix = 'temp/processing/';
    },
  },
  {
    rule: 'C22',
    title: 'encrypted objects left out',
    spoil: (t) => {
      delete replication(t).Rules[0].SourceSelectionCriteria.SseKmsEncryptedObjects;
    },
  },
  {
    rule: 'C23',
    title: 'a key of the home region',
    spoil: (t) => {
      replication(t).Rules[0].Destination.EncryptionConfiguration.ReplicaKmsKeyID =
        bucket(t).BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID;
    },
  },
  {
    rule: 'C23',
    title: 'an alias that leads to another key',
    spoil: (t) => {
      propertiesOf(t.replica, 'AWS::KMS::Alias', 'KeysVault').TargetKeyId = { Ref: 'KeysMessages' };
    },
  },
  {
    rule: 'C24',
    title: 'delete markers left to the default',
    spoil: (t) => {
      delete replication(t).Rules[0].DeleteMarkerReplication;
    },
  },
  {
    rule: 'C25',
    title: 'no metrics',
    spoil: (t) => {
      delete replication(t).Rules[0].Destination.Metrics;
    },
  },
  {
    rule: 'C25',
    title: 'no promise of a time',
    spoil: (t) => {
      replication(t, 'Audit').Rules[0].Destination.ReplicationTime.Status = 'Disabled';
    },
  },
  {
    rule: 'C26',
    title: 'changes of a copy that flow back',
    spoil: (t) => {
      replication(t).Rules[0].SourceSelectionCriteria.ReplicaModifications.Status = 'Enabled';
    },
  },
  {
    rule: 'C26',
    title: 'copies that change their owner',
    spoil: (t) => {
      replication(t).Rules[0].Destination.AccessControlTranslation = { Owner: 'Destination' };
    },
  },
  {
    rule: 'C27',
    title: 'a copy without lock',
    spoil: (t) => {
      delete copy(t).ObjectLockEnabled;
    },
  },
  {
    rule: 'C27',
    title: 'a copy in the home region',
    spoil: (t) => {
      replication(t).Rules[0].Destination.Bucket = { 'Fn::GetAtt': ['Audit', 'Arn'] };
    },
  },
  {
    rule: 'C28',
    title: 'a role that may delete',
    spoil: (t) => {
      sidOf(statementsOf(replicationRole(t)), 'WriteCopies').Action.push('s3:DeleteObject');
    },
  },
  {
    rule: 'C28',
    title: 'a role that cannot read holds',
    spoil: (t) => {
      sidOf(statementsOf(replicationRole(t)), 'ReadOriginals').Action.shift();
    },
  },
  {
    rule: 'C28',
    title: 'a role that writes elsewhere',
    spoil: (t) => {
      sidOf(statementsOf(replicationRole(t)), 'WriteCopies').Resource.push('arn:aws:s3:::elsewhere/*');
    },
  },
  {
    rule: 'C28',
    title: 'a role that may use every key of the second region',
    spoil: (t) => {
      delete sidOf(statementsOf(replicationRole(t)), 'EncryptVaultCopy').Condition['ForAnyValue:StringEquals'];
    },
  },
  {
    rule: 'C28',
    title: 'a role that functions may take',
    spoil: (t) => {
      replicationRole(t).AssumeRolePolicyDocument.Statement[0].Principal.Service = 'lambda.amazonaws.com';
    },
  },
  {
    rule: 'C29',
    title: 'two rules of one priority',
    spoil: (t) => {
      replication(t).Rules[0].Priority = replication(t).Rules[1].Priority;
    },
  },
  {
    rule: 'C29',
    title: 'a rule within another',
    spoil: (t) => {
      replication(t).Rules[0].Filter.Prefix = '';
    },
  },
  {
    rule: 'C29',
    title: 'a bucket that replicates into itself',
    spoil: (t) => {
      replication(t).Rules[0].Destination.Bucket = {
        'Fn::Join': ['', ['arn:aws:s3:::', bucket(t).BucketName]],
      };
    },
  },
  {
    rule: 'C18',
    title: 'a copy that notifies',
    spoil: (t) => {
      copy(t).NotificationConfiguration = bucket(t).NotificationConfiguration;
    },
  },
];
