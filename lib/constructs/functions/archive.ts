import { Construct } from 'constructs';
import { archiveTagName } from '../../../core/archive/archive-class.ts';
import { indexNames, packWrites } from '../../../core/catalog/keys.ts';
import { bucketArn } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import type { FunctionContext } from './function-context.ts';

/**
 * Marks assets for the archive, and joins small ones into packs. It may delete versions, because what a pack holds has to
 * leave its own key; it does so after it has read the pack back. It writes no asset row: the catalog looks for itself.
 */
export class ArchiveFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    this.durable = new DurableFunction(this, 'Default', {
      ...context,
      name: 'archive',
      description: 'Sends assets to the archive and packs small ones',
      // A pack of 64 MiB is in memory up to four times: its members, itself, what is read back, and a member.
      memoryMiB: 1024,
      environment: {
        CATALOG_QUEUE_URL: context.catalogQueue.queue.queueUrl,
        UNDELETE_WINDOW_MS: String(context.deployment.noncurrentRetention),
      },
    });
    this.function = this.durable.function;
    this.allowVault(context);
    this.allowTags(context);
    this.allowRows(context);
    this.function.allowMessages(context.catalogQueue.queue);
  }

  private allowVault({ deployment, keys }: FunctionContext): void {
    const vault = bucketArn(deployment, 'vault');
    const packs = bucketArn(deployment, 'vault', 'packs/*');
    this.function.allow(['s3:ListBucket'], [vault]);
    this.function.allow(
      [
        's3:DeleteObjectVersion',
        's3:GetObject',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectVersion',
      ],
      [bucketArn(deployment, 'vault', '*')],
    );
    this.function.allow(['s3:PutObject', 's3:RestoreObject'], [packs]);
    this.function.allowObjectKey(keys.data, vault);
  }

  /** Only this one tag: a put that would take others away, or bring others, is refused. */
  private allowTags({ deployment }: FunctionContext): void {
    const everything = bucketArn(deployment, 'vault', '*');
    this.function.allow(['s3:GetObjectVersionTagging'], [everything]);
    this.function.allow(['s3:PutObjectVersionTagging'], [everything], {
      'ForAllValues:StringEquals': { 's3:RequestObjectTagKeys': [archiveTagName] },
      Null: { 's3:RequestObjectTagKeys': 'false' },
    });
  }

  private allowRows({ catalogTable }: FunctionContext): void {
    this.function.allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], [catalogTable.tableArn]);
    this.function.allow(
      ['dynamodb:Query'],
      Object.values(indexNames).map((index) => `${catalogTable.tableArn}/index/${index}`),
    );
    this.function.allowRows(
      ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      catalogTable,
      ...packWrites,
    );
  }
}
