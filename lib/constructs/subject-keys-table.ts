import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { removalPolicy } from './retention.ts';

export interface SubjectKeysTableProps {
  readonly deployment: Deployment;
  readonly key: IKey;
}

/**
 * The data subjects' branch keys, in the form in which the AWS Encryption SDK keeps them. Deleting a key here erases what it
 * sealed, so nothing may bring it back: no backup takes this table, and it can be wound back by one day only.
 */
export class SubjectKeysTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { deployment, key }: SubjectKeysTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Default', {
      partitionKey: { name: 'branch-key-id', type: AttributeType.STRING },
      sortKey: { name: 'type', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 1 },
      deletionProtection: deployment.retainData,
      removalPolicy: removalPolicy(deployment.retainData),
    });
    acknowledge(this, {
      ids: ['NIST.800.53.R5-DynamoDBInBackupPlan', 'HIPAA.Security-DynamoDBInBackupPlan'],
      reason: 'A backup of this table would bring erased keys back, and with them erased people',
    });
  }
}
