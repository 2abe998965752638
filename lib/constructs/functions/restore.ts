import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import { bucketArn } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import { viaServices } from '../key-policy.ts';
import type { FunctionContext } from './function-context.ts';

export interface RestoreFunctionProps extends FunctionContext {
  /** Told when everything of a restore can be read. */
  readonly notices: ITopic;
}

/** Asks S3 for readable copies of what is archived, and sleeps until they are there. */
export class RestoreFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: RestoreFunctionProps) {
    super(scope, id);
    const { deployment, keys, notices } = props;
    this.durable = new DurableFunction(this, 'Default', {
      ...props,
      name: 'restore',
      description: 'Brings readable copies back from the archive',
      environment: { CATALOG_QUEUE_URL: props.catalogQueue.queue.queueUrl, NOTICES_TOPIC: notices.topicArn },
    });
    this.function = this.durable.function;
    const objects = [bucketArn(deployment, 'vault', '*')];
    this.function.allow(['s3:GetObjectVersion', 's3:RestoreObject'], objects);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'vault')]);
    this.function.allowObjectKey(keys.data, bucketArn(deployment, 'vault'));
    this.function.allow(['sns:Publish'], [notices.topicArn]);
    this.function.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keys.messages.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('sns') },
    });
    this.function.allowMessages(props.catalogQueue.queue);
    this.allowRows(props);
    // It wakes itself where everything is there before it has gone to sleep.
    this.durable.grantCallback(this.function);
  }

  private allowRows({ catalogTable }: FunctionContext): void {
    this.function.allow(['dynamodb:GetItem'], [catalogTable.tableArn]);
    this.function.allow(
      ['dynamodb:Query'],
      [indexNames.byKind, indexNames.byTopic, indexNames.bySubject].map(
        (index) => `${catalogTable.tableArn}/index/${index}`,
      ),
    );
    this.function.allowRows(['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'], catalogTable, '*#job#*');
  }
}
