import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, aws_kms, aws_lambda, aws_s3, aws_sqs, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TemplateResource } from '../../local/aws/service.ts';
import type { DeployedApp } from '../../local/template/deployed-app.ts';
import { findOutput, findResource, resourcesOfType } from '../../local/template/deployed-app.ts';
import { deploy } from './assembly.ts';

const types = [
  'KMS::Key',
  'SQS::Queue',
  'S3::Bucket',
  'IAM::Role',
  'IAM::Policy',
  'Lambda::Function',
  'Lambda::Version',
];

/** Three stacks in two regions with weak references, a function from an asset, and a physical name of pseudo parameters. */
const synthesize = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'mediakeep-app-'));
  const bundle = join(dir, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.mjs'), 'export const handler = async () => 1;\n');
  const outdir = join(dir, 'out');
  const app = new App({ outdir, context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
  const replica = new Stack(app, 'keep-replica', { env: { region: 'ap-south-2' } });
  const key = new aws_kms.Key(replica, 'Key');
  const data = new Stack(app, 'keep-data', { env: { region: 'ap-south-1' } });
  const queue = new aws_sqs.Queue(data, 'Intake');
  const bucketName = Fn.join('-', ['keep', data.account, data.region]);
  const vault = new aws_s3.CfnBucket(data, 'Vault', { bucketName, tags: [{ key: 'replica', value: key.keyArn }] });
  new CfnOutput(data, 'VaultBucketName', { value: vault.ref });
  const service = new Stack(app, 'keep-service', { env: { region: 'ap-south-1' } });
  const handler = new aws_lambda.Function(service, 'Api', {
    runtime: aws_lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: aws_lambda.Code.fromAsset(bundle),
    environment: { QUEUE: queue.queueUrl },
  });
  queue.grantSendMessages(handler);
  new CfnOutput(service, 'Version', { value: handler.currentVersion.version });
  service.addStackDependency(data);
  app.synth();
  return outdir;
};

describe('a synthesized app runs as it is', () => {
  let app: DeployedApp;
  let created: TemplateResource[];
  beforeAll(async () => {
    const providers = types
      .map((type) => `AWS::${type}`)
      .map((type) => ({
        type,
        create(resource: TemplateResource) {
          created.push(resource);
          const name = String(resource.properties['BucketName'] ?? resource.generatedName);
          return { ref: name, attributes: { Arn: `arn:${resource.region}:${name}`, Version: '1' } };
        },
      }));
    created = [];
    ({ app } = await deploy(synthesize(), { providers }));
  });

  const resourceOf = (type: string) => created.find((resource) => resource.type === `AWS::${type}`);

  it('in the order of its stacks, each in its region', () => {
    expect(app.stacks.map(({ stackName, region }) => [stackName, region])).toEqual([
      ['keep-replica', 'ap-south-2'],
      ['keep-data', 'ap-south-1'],
      ['keep-service', 'ap-south-1'],
    ]);
  });

  it('with weak references resolved, also across regions', () => {
    expect(resourceOf('S3::Bucket')?.properties['Tags']).toEqual([
      { Key: 'replica', Value: expect.stringMatching(/^arn:ap-south-2:keep-replica-Key/) },
    ]);
    expect(resourceOf('Lambda::Function')?.properties['Environment']).toEqual({
      Variables: { QUEUE: expect.stringMatching(/^keep-data-Intake/) },
    });
  });

  it('with the place of a function’s code', () => {
    expect(resourceOf('Lambda::Function')?.properties['Code']).toEqual({
      S3Bucket: 'cdk-hnb659fds-assets-000000000000-ap-south-1',
      S3Key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
      localPath: expect.stringMatching(/\/out\/asset\.[0-9a-f]{64}$/),
    });
  });

  it('after which resources are found by construct path, and outputs by name', () => {
    expect(findResource(app, 'keep-data/Vault')).toMatchObject({ ref: 'keep-000000000000-ap-south-1' });
    expect(findResource(app, '/keep-service/Api')).toMatchObject({ type: 'AWS::Lambda::Function' });
    expect(findResource(app, 'keep-service/Nothing')).toBeUndefined();
    expect(findOutput(app, 'keep-data', 'VaultBucketName')).toBe('keep-000000000000-ap-south-1');
    expect(findOutput(app, 'keep-service', 'Version')).toBe('1');
    expect(resourcesOfType(app, 'AWS::SQS::Queue').map(({ stack }) => stack.stackName)).toEqual(['keep-data']);
  });
});
