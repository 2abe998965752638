import * as z from 'zod';
import { policyDocument, readProperties, resourceError } from '../aws/resource-properties.ts';
import type { CreatedResource, ResourceProvider, TemplateResource } from '../aws/service.ts';
import { accountRegionalSuffix } from './buckets/bucket-name.ts';
import type { S3 } from './s3.ts';
import { templateConfiguration } from './template/bucket-configuration.ts';
import { bucketShape, bucketWithoutLocalEffect } from './template/bucket-properties.ts';

const policyShape = { Bucket: z.string(), PolicyDocument: policyDocument };

/** The template resources that S3 makes. */
export const resourceProviders = (s3: S3): ResourceProvider[] => [
  { type: 'AWS::S3::Bucket', create: (resource) => createBucket(s3, resource) },
  { type: 'AWS::S3::BucketPolicy', create: (resource) => createPolicy(s3, resource) },
];

const createBucket = (s3: S3, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, bucketShape, bucketWithoutLocalEffect);
  const { region, accountId } = resource;
  const name = properties.BucketName ?? resource.generatedName.toLowerCase();
  const suffix = accountRegionalSuffix(accountId, region);
  if ((properties.BucketNamespace === 'account-regional') !== name.endsWith(suffix)) {
    throw resourceError(
      resource,
      `the name ${name} must end in ${suffix} exactly where BucketNamespace is account-regional.`,
    );
  }
  const bucket = named(resource, () =>
    s3.configure(name, region, (before) => templateConfiguration(properties, before)),
  );
  return {
    ref: name,
    attributes: {
      Arn: bucket.arn,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website.${region}.amazonaws.com`,
    },
  };
};

const createPolicy = (s3: S3, resource: TemplateResource): CreatedResource => {
  const { Bucket: name, PolicyDocument: policy } = readProperties(resource, policyShape);
  const bucket = s3.core.buckets.find(name);
  if (bucket === undefined) throw resourceError(resource, `there is no bucket ${name}.`);
  named(resource, () => s3.configure(name, bucket.region, (before) => ({ ...before, policy })));
  return { ref: name, attributes: {} };
};

/** Names the resource in what S3 refuses. */
const named = <T>(resource: TemplateResource, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw resourceError(resource, error instanceof Error ? error.message : String(error));
  }
};
