import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DataIdentifier, DataProtectionPolicy, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { removalPolicy } from './retention.ts';

/** A log group as all of ours are: encrypted, kept as long as the deployment says, with what is a person's masked. */
export const keepLogGroup = (scope: Construct, id: string, deployment: Deployment, encryptionKey: IKey): LogGroup =>
  new LogGroup(scope, id, {
    retention: deployment.logRetentionDays,
    encryptionKey,
    removalPolicy: removalPolicy(deployment.retainData),
    // Nothing of this is logged on purpose; this catches what slips in.
    dataProtectionPolicy: new DataProtectionPolicy({
      name: 'mask-people',
      identifiers: [DataIdentifier.EMAILADDRESS, DataIdentifier.IPADDRESS, DataIdentifier.AWSSECRETKEY],
    }),
  });
