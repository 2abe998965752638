import { Duration } from 'aws-cdk-lib';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { removalPolicy } from './retention.ts';

/** What all keys of a deployment have: a month until they can be gone, and a removal as the deployment wants it. */
export const keyProps = (deployment: Deployment, description: string, policy: PolicyDocument) => ({
  description: `${deployment.name}: ${description}`,
  policy,
  pendingWindow: Duration.days(30),
  removalPolicy: removalPolicy(deployment.retainData),
});

/** Makes keys that close content and are rotated each year. */
export const encryptionKeys =
  (scope: Construct, deployment: Deployment) =>
  (name: string, description: string, policy: PolicyDocument): Key =>
    new Key(scope, name, { ...keyProps(deployment, description, policy), enableKeyRotation: true });
