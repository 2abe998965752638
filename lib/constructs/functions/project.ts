import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { indexNames, projectWrites } from '../../../core/catalog/keys.ts';
import { journalledKinds, journalPrefix } from '../../../core/journal.ts';
import { restoredKind } from '../../../core/restore/restored-row.ts';
import { bucketArn } from '../bucket-name.ts';
import { KeepFunction } from '../keep-function.ts';
import { commonEnvironment, commonProps, type FunctionContext } from './function-context.ts';

/** What of the catalog is projected: everything else is left out before it costs a call, the counters themselves among it. */
const projectedKinds = ['asset', restoredKind, ...journalledKinds];

/** Follows the catalog's stream: journals what people write, counts what is kept, wakes who waits for a restore and has held what came under a hold. */
export class ProjectFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'project',
      description: 'Journals what people write, counts what is kept and wakes who waits for a restore',
      environment: commonEnvironment(context),
      timeout: Duration.minutes(1),
      memoryMiB: 512,
    });
    this.allowJournal(context);
    this.allowCounters(context);
    this.allowAwaited(context);
    this.allowHolds(context);
    this.follow(context);
  }

  private allowJournal({ deployment, keys }: FunctionContext): void {
    this.function.allow(['s3:GetObject', 's3:PutObject'], [bucketArn(deployment, 'vault', `${journalPrefix()}*`)]);
    // Without it S3 answers 403 instead of 404 for what is not there.
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'vault')]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'vault'));
  }

  private allowCounters({ keys, catalogTable }: FunctionContext): void {
    this.function.allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [catalogTable.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...projectWrites] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.function.allowTableKey(keys.data, catalogTable.tableName);
  }

  /** Which jobs wait for an object, what else they wait for, and their progress. Waking them is granted by their function. */
  private allowAwaited({ catalogTable }: FunctionContext): void {
    this.function.allow(['dynamodb:Query'], [`${catalogTable.tableArn}/index/${indexNames.byKind}`]);
    this.function.allow(
      ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      [catalogTable.tableArn],
      {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['*#job#*'] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    );
  }

  /** Which holds cover what has come, and the row of the job that lays one on it. Starting that is granted by its function. */
  private allowHolds({ catalogTable }: FunctionContext): void {
    const within = (keys: string): Record<string, Record<string, unknown>> => ({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.function.allow(['dynamodb:Query'], [catalogTable.tableArn], within('*#hold#*'));
    this.function.allow(['dynamodb:PutItem'], [catalogTable.tableArn], within('*#job#*'));
  }

  /**
   * One batch at a time per shard, since the position of a shard has one writer. The window is there because only then the
   * event names its shard; it keeps no state. What fails is halved until the one bad record is alone, tried for hours, and
   * then named in the queue.
   */
  private follow({ catalogTable, projectFailures }: FunctionContext): void {
    const streamArn = catalogTable.tableStreamArn;
    if (streamArn === undefined) throw new Error('The `catalogTable` needs a stream.');
    const follower = this.function;
    follower.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]);
    // Lambda asks for it, and it knows no resource.
    follower.allow(['dynamodb:ListStreams'], ['*']);
    follower.allowMessages(projectFailures);
    const mapping = new EventSourceMapping(this, 'Stream', {
      target: follower.resource,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      maxBatchingWindow: Duration.seconds(1),
      tumblingWindow: Duration.seconds(1),
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 1_000,
      maxRecordAge: Duration.hours(20),
      onFailure: { bind: () => ({ destination: projectFailures.queueArn }) },
      filters: ['NewImage', 'OldImage'].map((image) =>
        FilterCriteria.filter({ dynamodb: { [image]: { kind: { S: FilterRule.or(...projectedKinds) } } } }),
      ),
    });
    mapping.node.addDependency(follower.role);
  }
}
