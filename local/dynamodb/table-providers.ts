import type { Clock } from '../../core/time.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import type { Backends } from './backend.ts';
import { createTable } from './create-table.ts';
import { type KeyElement, readGlobalTable, readTable, type TableDeclaration } from './table-properties.ts';
import { type KeyAttributes, type Tables, tableArn } from './tables.ts';

/** Creates `AWS::DynamoDB::GlobalTable` and `AWS::DynamoDB::Table`. */
export const tableProviders = (backends: Backends, tables: Tables, clock: Clock): ResourceProvider[] => {
  const create = (read: (resource: TemplateResource) => TableDeclaration) => async (resource: TemplateResource) =>
    register({ backends, tables, clock, resource, declaration: read(resource) });
  return [
    { type: 'AWS::DynamoDB::GlobalTable', create: create(readGlobalTable) },
    { type: 'AWS::DynamoDB::Table', create: create(readTable) },
  ];
};

interface Registration {
  readonly backends: Backends;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly resource: TemplateResource;
  readonly declaration: TableDeclaration;
}

const register = async (registration: Registration): Promise<CreatedResource> => {
  const { backends, tables, clock, resource, declaration } = registration;
  const backend = await backends.forRegion(resource.region);
  const { tableId, streamLabel } = await createTable(backend, declaration);
  backend.file?.setClockOffset(clock.now() - Date.now());
  if (declaration.replicas.some(({ pointInTimeRecoveryDays }) => pointInTimeRecoveryDays !== undefined)) {
    backend.file?.undo.keep(declaration.name, clock.now());
  }
  for (const replica of declaration.replicas) {
    tables.put({
      name: declaration.name,
      region: replica.region,
      homeRegion: resource.region,
      arn: tableArn(replica.region, resource.accountId, declaration.name),
      key: keyAttributes(declaration.keySchema),
      indexes: new Map(
        [...declaration.globalIndexes, ...declaration.localIndexes].map((index) => [
          index.IndexName,
          keyAttributes(index.KeySchema),
        ]),
      ),
      kmsKeyId: replica.kmsKeyId,
      ttlAttribute: declaration.ttlAttribute,
      streamLabel,
      pointInTimeRecoveryDays: replica.pointInTimeRecoveryDays,
      deletionProtection: replica.deletionProtection,
      resourcePolicy: replica.resourcePolicy,
    });
  }
  const arn = tableArn(resource.region, resource.accountId, declaration.name);
  return {
    ref: declaration.name,
    attributes: {
      Arn: arn,
      TableId: tableId,
      ...(streamLabel === undefined ? {} : { StreamArn: `${arn}/stream/${streamLabel}` }),
    },
  };
};

const keyAttributes = (schema: readonly KeyElement[]): KeyAttributes => ({
  partition: schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
  sort: schema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
});
