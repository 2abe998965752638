import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { indexKeys, projectedAttributes, ttlAttribute } from '../../core/catalog/keys.ts';
import { days } from '../../core/time.ts';
import { removalPolicy } from './retention.ts';

export interface CatalogTableProps {
  readonly deployment: Deployment;
  readonly key: IKey;
}

/** Rows hold personal data in clear, so that no copy of them may outlive an erasure. 35 is the most that DynamoDB keeps. */
const recoveryDays = ({ erasureDeadline }: Deployment): number => Math.min(35, erasureDeadline / days(1));

const string = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table of the catalog; `core/catalog/keys.ts` says what stands where. */
export class CatalogTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { deployment, key }: CatalogTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Default', {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(key),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: recoveryDays(deployment),
      },
      deletionProtection: deployment.retainData,
      timeToLiveAttribute: ttlAttribute,
      removalPolicy: removalPolicy(deployment.retainData),
      globalSecondaryIndexes: Object.entries(indexKeys).map(([indexName, { pk, sk }]) => ({
        indexName,
        partitionKey: string(pk),
        sortKey: string(sk),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...projectedAttributes],
      })),
    });
  }
}
