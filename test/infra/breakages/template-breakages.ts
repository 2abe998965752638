import type { Breakage } from './broken-templates.ts';
import { add, bucket, catalog, queue, queuePolicy, resourceOf, sidOf } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/template-rules.ts have to see. */
export const templates: readonly Breakage[] = [
  {
    rule: 'C19',
    title: 'a table that goes with its stack',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::DynamoDB::GlobalTable'), { DeletionPolicy: 'Delete' });
    },
  },
  {
    rule: 'C19',
    title: 'a bucket that blocks the second deployment',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::S3::Bucket'), { DeletionPolicy: 'Retain' });
    },
  },
  {
    rule: 'C20',
    title: 'a named queue',
    spoil: (t) => {
      queue(t).QueueName = 'intake';
    },
  },
  {
    rule: 'C20b',
    title: 'a bucket that anybody can take',
    spoil: (t) => {
      bucket(t).BucketName = 'my-vault';
    },
  },
  {
    rule: 'C20b',
    title: 'a bucket outside the namespace',
    spoil: (t) => {
      delete bucket(t).BucketNamespace;
    },
  },
  {
    rule: 'C94',
    title: 'a bucket without tags',
    spoil: (t) => {
      delete bucket(t).Tags;
    },
  },
  {
    rule: 'C94',
    title: 'a table without a data class',
    spoil: (t) => {
      catalog(t).Replicas[0].Tags.shift();
    },
  },
  {
    rule: 'C97',
    title: 'a cycle of bucket and queue',
    spoil: (t) => {
      sidOf(queuePolicy(t), 'BucketSends').Condition.ArnEquals['aws:SourceArn'] = { 'Fn::GetAtt': ['Landing', 'Arn'] };
    },
  },
  {
    rule: 'C97b',
    title: 'a bucket that S3 refuses to create',
    spoil: ({ data }) => {
      Object.assign(resourceOf(data, 'AWS::S3::Bucket', 'Landing'), { DependsOn: [] });
    },
  },
  {
    rule: 'C89b',
    title: 'a full stack',
    spoil: ({ service }) => {
      for (let index = 0; index < 500; index += 1) add(service, `Extra${index}`, 'AWS::SSM::Parameter', {});
    },
  },
];
