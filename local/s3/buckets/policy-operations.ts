import * as z from 'zod';
import { AwsError } from '../../aws/aws-error.ts';
import { policyDocument } from '../../aws/resource-properties.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { accessDenied } from '../protocol/errors.ts';
import { readVerifiedBody } from '../protocol/read-xml.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { isPublicPolicy } from './public-policy.ts';

/** `GET /{bucket}?policy` */
export const getBucketPolicy = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:GetBucketPolicy' });
  const { policy } = bucket.configuration;
  if (policy === undefined) {
    throw new AwsError('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: bucket.name });
  }
  const body = Buffer.from(JSON.stringify(policy), 'utf8');
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', body.length);
  response.end(body);
};

/** `PUT /{bucket}?policy` */
export const putBucketPolicy = async ({ core, request, response, bucket }: BucketOperation): Promise<void> => {
  requirePermission(core, request, bucket, { action: 's3:PutBucketPolicy' });
  const parsed = policyDocument.safeParse(parseJson(await readVerifiedBody(request)));
  if (!parsed.success) throw malformedPolicy(z.prettifyError(parsed.error).split('\n')[0] ?? '');
  if (bucket.configuration.publicAccessBlock.blockPublicPolicy && isPublicPolicy(parsed.data)) {
    throw accessDenied(
      'User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
    );
  }
  core.buckets.configure(bucket, (before) => ({ ...before, policy: parsed.data }));
  sendEmpty(response, 204);
};

/** `DELETE /{bucket}?policy` */
export const deleteBucketPolicy = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:DeleteBucketPolicy' });
  core.buckets.configure(bucket, ({ policy: _, ...rest }) => rest);
  sendEmpty(response, 204);
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
};

const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicy', 400, message);
