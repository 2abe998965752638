import { getObjectAttributes } from './attributes/object-attributes.ts';
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
} from './attributes/object-lock.ts';
import { restoreObject } from './attributes/restore.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './attributes/tagging.ts';
import { getBucketAcl, getObjectAcl } from './buckets/acl-operations.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
} from './buckets/bucket-operations.ts';
import {
  getBucketCors,
  getBucketEncryption,
  getBucketLogging,
  getBucketNotification,
  getBucketRequestPayment,
  getBucketTagging,
  getOwnershipControls,
  getPublicAccessBlock,
} from './buckets/configuration-answers.ts';
import { getBucketLifecycle } from './buckets/lifecycle-answer.ts';
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from './buckets/policy-operations.ts';
import { listObjects, listObjectsV2 } from './listing/list-objects.ts';
import { listVersions } from './listing/list-versions.ts';
import { abortUpload } from './multipart/abort-upload.ts';
import { completeUpload } from './multipart/complete-upload.ts';
import { createUpload } from './multipart/create-upload.ts';
import { listParts } from './multipart/list-parts.ts';
import { listUploads } from './multipart/list-uploads.ts';
import { uploadPart } from './multipart/upload-part.ts';
import { uploadPartCopy } from './multipart/upload-part-copy.ts';
import { copyObject } from './objects/copy-object.ts';
import { deleteObject } from './objects/delete-object.ts';
import { deleteObjects } from './objects/delete-objects.ts';
import { getObject, headObject } from './objects/get-object.ts';
import { putObject } from './objects/put-object.ts';
import type { BucketOperation, ObjectOperation } from './operation.ts';
import type { S3Request } from './protocol/request.ts';
import { getBucketReplication } from './replication/answer-replication.ts';

type BucketHandler = (operation: BucketOperation) => void | Promise<void>;
type ObjectHandler = (operation: ObjectOperation) => void | Promise<void>;

/** Query parameters that make another operation of a request, in the order in which they decide. */
const subresources = [
  'accelerate acl analytics annotation attributes abac cors delete encryption intelligent-tiering inventory',
  'legal-hold lifecycle list-type location logging metadataConfiguration metadataInventoryTable',
  'metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus',
  'publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent',
  'uploadId uploads versioning versions website',
].flatMap((names) => names.split(' '));

const subresourceRanks: ReadonlyMap<string, number> = new Map(subresources.map((name, rank) => [name, rank]));

const bucketRoutes: Readonly<Record<string, BucketHandler>> = {
  'DELETE ': deleteBucket,
  'DELETE policy': deleteBucketPolicy,
  'GET ': listObjects,
  'GET acl': getBucketAcl,
  'GET cors': getBucketCors,
  'GET encryption': getBucketEncryption,
  'GET lifecycle': getBucketLifecycle,
  'GET list-type': listObjectsV2,
  'GET location': getBucketLocation,
  'GET logging': getBucketLogging,
  'GET notification': getBucketNotification,
  'GET object-lock': getObjectLockConfiguration,
  'GET ownershipControls': getOwnershipControls,
  'GET policy': getBucketPolicy,
  'GET publicAccessBlock': getPublicAccessBlock,
  'GET replication': getBucketReplication,
  'GET requestPayment': getBucketRequestPayment,
  'GET tagging': getBucketTagging,
  'GET uploads': listUploads,
  'GET versioning': getBucketVersioning,
  'GET versions': listVersions,
  'HEAD ': headBucket,
  'POST delete': deleteObjects,
  'PUT object-lock': putObjectLockConfiguration,
  'PUT policy': putBucketPolicy,
  'PUT versioning': putBucketVersioning,
};

const objectRoutes: Readonly<Record<string, ObjectHandler>> = {
  'DELETE ': deleteObject,
  'DELETE tagging': deleteObjectTagging,
  'DELETE uploadId': abortUpload,
  'GET ': getObject,
  'GET acl': getObjectAcl,
  'GET attributes': getObjectAttributes,
  'GET legal-hold': getObjectLegalHold,
  'GET retention': getObjectRetention,
  'GET tagging': getObjectTagging,
  'GET uploadId': listParts,
  'HEAD ': headObject,
  'POST restore': restoreObject,
  'POST uploadId': completeUpload,
  'POST uploads': createUpload,
  'PUT ': putObject,
  'PUT copy': copyObject,
  'PUT legal-hold': putObjectLegalHold,
  'PUT retention': putObjectRetention,
  'PUT tagging': putObjectTagging,
  'PUT uploadId': uploadPart,
  'PUT uploadId copy': uploadPartCopy,
};

/** `GET versions`, `PUT uploadId copy`: the method, what the query makes of it, and whether something is copied. */
export const routeName = ({ method, query, headers }: S3Request): string => {
  const subresource = subresourceOf(query);
  const copies =
    method === 'PUT' && headers.has('x-amz-copy-source') && (subresource === '' || subresource === 'uploadId');
  return [method, [subresource, ...(copies ? ['copy'] : [])].filter((part) => part !== '').join(' ')].join(' ');
};

/** Of several the one that comes first in the list. Most names of a query, such as those of a presigned URL, are none. */
const subresourceOf = (query: S3Request['query']): string => {
  let first = subresources.length;
  for (const name of query.keys()) first = Math.min(first, subresourceRanks.get(name) ?? first);
  return subresources[first] ?? '';
};

/** The operation on a bucket; undefined where there is none. */
export const bucketRoute = (name: string): BucketHandler | undefined => bucketRoutes[name];

/** The operation on an object; undefined where there is none. */
export const objectRoute = (name: string): ObjectHandler | undefined => objectRoutes[name];

export { createBucket, listBuckets };
