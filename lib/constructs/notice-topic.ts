import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';

export interface NoticeTopicProps {
  readonly deployment: Deployment;
  readonly key: IKey;
}

/** What people want to hear of though nothing is wrong: a restore is complete. Who wants to hear it subscribes. */
export class NoticeTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deployment, key }: NoticeTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Default', { displayName: `${deployment.name} notices`, masterKey: key });
    new TopicPolicy(this, 'Policy', { topics: [this.topic] }).document.addStatements(
      new PolicyStatement({
        sid: 'DenyPlainHttp',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  }
}
