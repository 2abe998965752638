import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';

export interface AlarmTopicProps {
  readonly deployment: Deployment;
  readonly key: IKey;
  /** EventBridge publishes too; its key has to admit that. @default alarms alone */
  readonly hearsEvents?: boolean;
  /** AWS Budgets publishes too; its key has to admit that. @default it does not */
  readonly hearsBudgets?: boolean;
}

/** Where alarms are heard: CloudWatch of this account publishes, and EventBridge where it has something to tell; nobody else does. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(
    scope: Construct,
    id: string,
    { deployment, key, hearsEvents = false, hearsBudgets = false }: AlarmTopicProps,
  ) {
    super(scope, id);
    this.topic = new Topic(this, 'Default', { displayName: `${deployment.name} alarms`, masterKey: key });
    const policy = new TopicPolicy(this, 'Policy', { topics: [this.topic] });
    policy.document.addStatements(this.alarmsPublish(), this.denyPlainHttp());
    if (hearsEvents) policy.document.addStatements(this.eventsPublish());
    if (hearsBudgets) policy.document.addStatements(this.budgetsPublish());
    if (deployment.alarmEmail !== undefined) {
      new Subscription(this, 'Email', {
        topic: this.topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint: deployment.alarmEmail,
      });
    }
  }

  private alarmsPublish(): PolicyStatement {
    return new PolicyStatement({
      sid: 'AlarmsPublish',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*` },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    });
  }

  private eventsPublish(): PolicyStatement {
    return new PolicyStatement({
      sid: 'EventsPublish',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:aws:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/*` },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    });
  }

  private budgetsPublish(): PolicyStatement {
    return new PolicyStatement({
      sid: 'BudgetsPublish',
      principals: [new ServicePrincipal('budgets.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:aws:budgets::${Aws.ACCOUNT_ID}:*` },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    });
  }

  private denyPlainHttp(): PolicyStatement {
    return new PolicyStatement({
      sid: 'DenyPlainHttp',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  }
}
