import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Deployment } from '../../../config/deployment.ts';
import { bucketName } from '../bucket-name.ts';
import type { Identity } from '../identity.ts';
import type { Keys } from '../keys.ts';
import type { NotifiedQueue } from '../notified-queue.ts';

/** What a function needs in whatever region it runs. */
export interface FunctionBase {
  readonly deployment: Deployment;
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
  readonly boundary: IManagedPolicy;
  readonly keys: Pick<Keys, 'data' | 'messages' | 'tokens'>;
  readonly catalogTable: TableV2;
  /** Takes what was asked of jobs and could not be begun or done. */
  readonly jobDeadLetters: IQueue;
}

/** What the functions are built on. */
export interface FunctionContext extends FunctionBase {
  readonly keys: Keys;
  readonly intakeQueue: NotifiedQueue;
  readonly catalogQueue: NotifiedQueue;
  readonly identity: Identity;
  /** Says which records of the catalog's stream were given up; a recount finds what they would have changed. */
  readonly projectFailures: IQueue;
}

/** The variables that every function with a catalog has. */
export const commonEnvironment = ({ deployment, catalogTable }: FunctionBase): Record<string, string> => ({
  CATALOG_TABLE: catalogTable.tableName,
  VAULT_BUCKET: bucketName(deployment, 'vault'),
  DEPLOYMENT: deployment.name,
});

/** The part of a function's props that is the same for all. */
export const commonProps = ({ deployment, bundles, boundary, keys }: FunctionBase) => ({
  deployment,
  bundles,
  boundary,
  messagesKey: keys.messages,
});
