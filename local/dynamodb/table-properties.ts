import { z } from 'zod';
import type { PolicyDocument } from '../aws/caller.ts';
import {
  policyDocument,
  readProperties,
  resourceError,
  templateBoolean,
  templateNumber,
} from '../aws/resource-properties.ts';
import type { TemplateResource } from '../aws/service.ts';

/** A table as either of the two resource types declares it. */
export interface TableDeclaration {
  readonly name: string;
  readonly keySchema: readonly KeyElement[];
  readonly attributes: readonly AttributeDefinition[];
  readonly globalIndexes: readonly Index[];
  readonly localIndexes: readonly Index[];
  readonly streamViewType: string | undefined;
  readonly ttlAttribute: string | undefined;
  readonly replicas: readonly Replica[];
}

export interface Replica {
  readonly region: string;
  readonly kmsKeyId: string | undefined;
  readonly pointInTimeRecoveryDays: number | undefined;
  readonly deletionProtection: boolean;
  readonly resourcePolicy: PolicyDocument | undefined;
}

export type KeyElement = z.output<typeof KeyElement>;
export type AttributeDefinition = z.output<typeof AttributeDefinition>;
export type Index = z.output<typeof Index>;

const KeyElement = z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const AttributeDefinition = z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) });
const Projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const Index = z
  .strictObject({
    IndexName: z.string().min(3),
    KeySchema: z.array(KeyElement).min(1).max(2),
    Projection,
    ContributorInsightsSpecification: z.unknown().optional(),
    OnDemandThroughput: z.unknown().optional(),
    ProvisionedThroughput: z.unknown().optional(),
    WriteOnDemandThroughputSettings: z.unknown().optional(),
    WriteProvisionedThroughputSettings: z.unknown().optional(),
    WarmThroughput: z.unknown().optional(),
  })
  .transform(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
const Stream = z.strictObject({
  StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']),
});
const TimeToLive = z.strictObject({ AttributeName: z.string().optional(), Enabled: templateBoolean });
const Recovery = z.strictObject({
  PointInTimeRecoveryEnabled: templateBoolean.optional(),
  RecoveryPeriodInDays: templateNumber.optional(),
});
const ResourcePolicy = z.strictObject({ PolicyDocument: policyDocument });

const shared = {
  TableName: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{3,255}$/)
    .optional(),
  KeySchema: z.array(KeyElement).min(1).max(2),
  AttributeDefinitions: z.array(AttributeDefinition).min(1),
  GlobalSecondaryIndexes: z.array(Index).max(20).default([]),
  LocalSecondaryIndexes: z.array(Index).max(5).default([]),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  StreamSpecification: Stream.optional(),
  TimeToLiveSpecification: TimeToLive.optional(),
};

const capacity = 'capacity is not limited on one machine';
const insights = 'there is no CloudWatch Contributor Insights on one machine';

const ReplicaSpecification = z.strictObject({
  Region: z.string(),
  SSESpecification: z.strictObject({ KMSMasterKeyId: z.string() }).optional(),
  PointInTimeRecoverySpecification: Recovery.optional(),
  DeletionProtectionEnabled: templateBoolean.default(false),
  ResourcePolicy: ResourcePolicy.optional(),
  Tags: z.unknown().optional(),
  TableClass: z.unknown().optional(),
  ContributorInsightsSpecification: z.unknown().optional(),
  GlobalSecondaryIndexes: z.unknown().optional(),
  ReadOnDemandThroughputSettings: z.unknown().optional(),
  ReadProvisionedThroughputSettings: z.unknown().optional(),
});

/** Reads an `AWS::DynamoDB::GlobalTable`. */
export const readGlobalTable = (resource: TemplateResource): TableDeclaration => {
  const properties = readProperties(
    resource,
    {
      ...shared,
      SSESpecification: z
        .strictObject({ SSEEnabled: templateBoolean, SSEType: z.literal('KMS').optional() })
        .optional(),
      Replicas: z.array(ReplicaSpecification).min(1),
    },
    {
      WriteOnDemandThroughputSettings: capacity,
      WriteProvisionedThroughputSettings: capacity,
      ReadOnDemandThroughputSettings: capacity,
      ReadProvisionedThroughputSettings: capacity,
      WarmThroughput: capacity,
    },
  );
  const replicas = properties.Replicas.map((replica) => ({
    region: replica.Region,
    kmsKeyId: replica.SSESpecification?.KMSMasterKeyId,
    pointInTimeRecoveryDays: recoveryDays(replica.PointInTimeRecoverySpecification),
    deletionProtection: replica.DeletionProtectionEnabled,
    resourcePolicy: replica.ResourcePolicy?.PolicyDocument,
  }));
  if (!replicas.some(({ region }) => region === resource.region)) {
    throw resourceError(resource, `\`Replicas\` must name the stack's own region ${resource.region}.`);
  }
  return { ...declaration(resource, properties), replicas };
};

/** Reads an `AWS::DynamoDB::Table`. */
export const readTable = (resource: TemplateResource): TableDeclaration => {
  const properties = readProperties(
    resource,
    {
      ...shared,
      SSESpecification: z
        .strictObject({
          SSEEnabled: templateBoolean,
          SSEType: z.literal('KMS').optional(),
          KMSMasterKeyId: z.string().optional(),
        })
        .optional(),
      PointInTimeRecoverySpecification: Recovery.optional(),
      DeletionProtectionEnabled: templateBoolean.default(false),
      ResourcePolicy: ResourcePolicy.optional(),
    },
    {
      Tags: 'nothing on one machine reads the tags of a table',
      TableClass: 'it changes the price only',
      ContributorInsightsSpecification: insights,
      ProvisionedThroughput: capacity,
      OnDemandThroughput: capacity,
      WarmThroughput: capacity,
    },
  );
  const replica = {
    region: resource.region,
    kmsKeyId: properties.SSESpecification?.KMSMasterKeyId,
    pointInTimeRecoveryDays: recoveryDays(properties.PointInTimeRecoverySpecification),
    deletionProtection: properties.DeletionProtectionEnabled,
    resourcePolicy: properties.ResourcePolicy?.PolicyDocument,
  };
  return { ...declaration(resource, properties), replicas: [replica] };
};

const declaration = (
  resource: TemplateResource,
  properties: z.output<z.ZodObject<typeof shared>>,
): Omit<TableDeclaration, 'replicas'> => ({
  name: properties.TableName ?? resource.generatedName,
  keySchema: properties.KeySchema,
  attributes: properties.AttributeDefinitions,
  globalIndexes: properties.GlobalSecondaryIndexes,
  localIndexes: properties.LocalSecondaryIndexes,
  streamViewType: properties.StreamSpecification?.StreamViewType,
  ttlAttribute: ttlAttribute(resource, properties.TimeToLiveSpecification),
});

const ttlAttribute = (resource: TemplateResource, ttl: z.output<typeof TimeToLive> | undefined): string | undefined => {
  if (ttl?.Enabled !== true) return undefined;
  if (ttl.AttributeName !== undefined) return ttl.AttributeName;
  throw resourceError(resource, '`TimeToLiveSpecification` is enabled without an `AttributeName`.');
};

const defaultRecoveryDays = 35;
const recoveryDays = (recovery: z.output<typeof Recovery> | undefined): number | undefined =>
  recovery?.PointInTimeRecoveryEnabled === true ? (recovery.RecoveryPeriodInDays ?? defaultRecoveryDays) : undefined;
