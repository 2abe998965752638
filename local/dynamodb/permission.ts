import type { Authorize, Caller } from '../aws/caller.ts';
import type { AwsRequest } from '../aws/service.ts';
import { accessContext, type TableAccess } from './table-access.ts';
import { type Table, type Tables, tableArn } from './tables.ts';

/** Asks KMS whether the caller may use a key through a service; throws AwsError. */
export type UseKey = (request: {
  readonly caller: Caller;
  readonly keyId: string;
  readonly action: 'kms:GenerateDataKey' | 'kms:Decrypt';
  readonly viaService: string;
  readonly encryptionContext: Record<string, string>;
  readonly region: string;
}) => void;

/** Who asks, and where. */
export type Requester = Pick<AwsRequest, 'caller' | 'accountId' | 'region' | 'baseContext'>;

export interface PermissionDeps {
  readonly tables: Tables;
  readonly authorize: Authorize;
  readonly useKey: UseKey;
}

const actionsOnItems = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
]);

/**
 * Decides one access: first IAM on the table (or its index), then the table's customer key. DynamoDB opens the table's own
 * key in the caller's name, for writes as for reads, so callers need `kms:Decrypt` through DynamoDB and nothing else. DynamoDB
 * keeps an opened key for five minutes; here every request is asked anew, so a right that was taken away is gone at once.
 */
export const permitAccess = (deps: PermissionDeps, request: Requester, access: TableAccess): void => {
  const table = deps.tables.find(request.region, access.table);
  const arn = tableArn(request.region, request.accountId, access.table);
  deps.authorize({
    caller: request.caller,
    action: `dynamodb:${access.action}`,
    resource: access.index === undefined ? arn : `${arn}/index/${access.index}`,
    resourceAccountId: request.accountId,
    ...(table?.resourcePolicy === undefined ? {} : { resourcePolicy: table.resourcePolicy }),
    context: { ...request.baseContext, ...accessContext(access, table) },
    region: request.region,
  });
  if (table !== undefined && actionsOnItems.has(access.action)) openTable(deps, request, table);
};

/** Decides an operation on a stream, whose records are encrypted with the table's key. */
export const permitStream = (deps: PermissionDeps, request: Requester, action: string, table: Table): void => {
  deps.authorize({
    caller: request.caller,
    action: `dynamodb:${action}`,
    resource: `${table.arn}/stream/${table.streamLabel ?? '*'}`,
    resourceAccountId: request.accountId,
    context: request.baseContext,
    region: request.region,
  });
  if (action === 'GetRecords') openTable(deps, request, table);
};

/** Decides an operation that concerns no table in particular. */
export const permitListing = (deps: PermissionDeps, request: Requester, action: string): void =>
  deps.authorize({
    caller: request.caller,
    action: `dynamodb:${action}`,
    resource: '*',
    resourceAccountId: request.accountId,
    context: request.baseContext,
    region: request.region,
  });

const openTable = ({ useKey }: PermissionDeps, { caller, region, accountId }: Requester, table: Table): void => {
  if (table.kmsKeyId === undefined) return;
  useKey({
    caller,
    keyId: table.kmsKeyId,
    action: 'kms:Decrypt',
    viaService: `dynamodb.${region}.amazonaws.com`,
    encryptionContext: { 'aws:dynamodb:tableName': table.name, 'aws:dynamodb:subscriberId': accountId },
    region,
  });
};
