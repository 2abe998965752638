import { indexKeys, projectedAttributes, ttlAttribute } from '../../core/catalog/keys.ts';
import { home } from './dynamodb-server.ts';

const keySchema = (pk: string, sk: string) => [
  { AttributeName: pk, KeyType: 'HASH' },
  { AttributeName: sk, KeyType: 'RANGE' },
];

const names = ['pk', 'sk', ...Object.values(indexKeys).flatMap(({ pk, sk }) => [pk, sk])];

/** The catalog's table as the template declares it. */
export const catalogTable = (extra: Readonly<Record<string, unknown>> = {}) => ({
  TableName: 'catalog',
  KeySchema: keySchema('pk', 'sk'),
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: Object.entries(indexKeys).map(([IndexName, { pk, sk }]) => ({
    IndexName,
    KeySchema: keySchema(pk, sk),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projectedAttributes] },
  })),
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
  SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
  Replicas: [
    {
      Region: home,
      SSESpecification: { KMSMasterKeyId: 'arn:aws:kms:ap-south-1:000000000000:key/k1' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      DeletionProtectionEnabled: true,
      ContributorInsightsSpecification: { Enabled: false },
      Tags: [{ Key: 'part', Value: 'catalog' }],
    },
  ],
  ...extra,
});
