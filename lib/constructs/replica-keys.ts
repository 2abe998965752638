import { Alias, type Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { encryptionKeys } from './encryption-key.ts';
import { keyPolicy, useByService, useThrough } from './key-policy.ts';
import { type ReplicatedPart, replicaKeyAlias } from './replica-names.ts';

export interface ReplicaKeysProps {
  readonly deployment: Deployment;
}

/** The keys of the second region: S3 treats a key of several regions as many keys, and one per region can be lost alone. */
export class ReplicaKeys extends Construct {
  /** The copy of the vault. */
  readonly vault: Key;
  /** The copy of the audit. */
  readonly audit: Key;
  /** Topics. */
  readonly messages: Key;

  constructor(scope: Construct, id: string, { deployment }: ReplicaKeysProps) {
    super(scope, id);
    const encryption = encryptionKeys(this, deployment);
    const copies = (name: string, part: ReplicatedPart) => {
      const key = encryption(name, `copy of the ${part}`, keyPolicy(useThrough('s3')));
      new Alias(this, `${name}Alias`, { aliasName: replicaKeyAlias(deployment, part), targetKey: key });
      return key;
    };
    this.vault = copies('Vault', 'vault');
    this.audit = copies('Audit', 'audit');
    this.messages = encryption(
      'Messages',
      'topics of the second region',
      keyPolicy(
        useThrough('sns'),
        useByService('AlarmsPublish', 'cloudwatch.amazonaws.com'),
        useByService('EventsPublish', 'events.amazonaws.com'),
      ),
    );
  }
}
