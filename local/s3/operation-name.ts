import { AwsError } from '../aws/aws-error.ts';
import { operationName } from '../aws/operation-name.ts';
import type { AwsRequest } from '../aws/service.ts';
import { batchOperationName, isBatchRequest } from './batch/batch-operations.ts';
import { parseRequest } from './protocol/request.ts';
import { routeName } from './routes.ts';

const onBucket: Readonly<Record<string, string>> = {
  'DELETE ': 'DeleteBucket',
  'DELETE policy': 'DeleteBucketPolicy',
  'GET ': 'ListObjects',
  'GET acl': 'GetBucketAcl',
  'GET cors': 'GetBucketCors',
  'GET encryption': 'GetBucketEncryption',
  'GET lifecycle': 'GetBucketLifecycleConfiguration',
  'GET list-type': 'ListObjectsV2',
  'GET location': 'GetBucketLocation',
  'GET logging': 'GetBucketLogging',
  'GET notification': 'GetBucketNotificationConfiguration',
  'GET object-lock': 'GetObjectLockConfiguration',
  'GET policy': 'GetBucketPolicy',
  'GET uploads': 'ListMultipartUploads',
  'GET versioning': 'GetBucketVersioning',
  'GET versions': 'ListObjectVersions',
  'HEAD ': 'HeadBucket',
  'POST ': 'PostObject',
  'POST delete': 'DeleteObjects',
  'PUT ': 'CreateBucket',
  'PUT policy': 'PutBucketPolicy',
  'PUT versioning': 'PutBucketVersioning',
};

const onObject: Readonly<Record<string, string>> = {
  'DELETE ': 'DeleteObject',
  'DELETE tagging': 'DeleteObjectTagging',
  'DELETE uploadId': 'AbortMultipartUpload',
  'GET ': 'GetObject',
  'GET acl': 'GetObjectAcl',
  'GET attributes': 'GetObjectAttributes',
  'GET legal-hold': 'GetObjectLegalHold',
  'GET retention': 'GetObjectRetention',
  'GET tagging': 'GetObjectTagging',
  'GET uploadId': 'ListParts',
  'HEAD ': 'HeadObject',
  'POST restore': 'RestoreObject',
  'POST uploadId': 'CompleteMultipartUpload',
  'POST uploads': 'CreateMultipartUpload',
  'PUT ': 'PutObject',
  'PUT copy': 'CopyObject',
  'PUT legal-hold': 'PutObjectLegalHold',
  'PUT retention': 'PutObjectRetention',
  'PUT tagging': 'PutObjectTagging',
  'PUT uploadId': 'UploadPart',
  'PUT uploadId copy': 'UploadPartCopy',
};

/** What the API reference calls the operation of a request to S3; method and path where it has no name for it. */
export const s3OperationName = (aws: AwsRequest): string => {
  if (isBatchRequest(aws)) return batchOperationName(aws);
  try {
    const request = parseRequest(aws);
    if (request.bucketName === undefined) return 'ListBuckets';
    return (request.key === undefined ? onBucket : onObject)[routeName(request)] ?? operationName(aws);
  } catch (error) {
    // What cannot be taken apart is refused when it is served.
    if (error instanceof AwsError) return operationName(aws);
    throw error;
  }
};
