import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';

export interface AlarmTopicProps {
  readonly deployment: Deployment;
  readonly key: IKey;
}

/** Where alarms are heard: CloudWatch of this account publishes, nobody else does. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deployment, key }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Default', { displayName: `${deployment.name} alarms`, masterKey: key });
    const policy = new TopicPolicy(this, 'Policy', { topics: [this.topic] });
    policy.document.addStatements(this.alarmsPublish(), this.denyPlainHttp());
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
