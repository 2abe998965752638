import { isoTime } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { S3Core } from '../core.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { invalidArgument } from '../protocol/errors.ts';
import { ownerXml } from '../protocol/owner.ts';
import { readVerifiedBody, readXml } from '../protocol/read-xml.ts';
import type { S3Request } from '../protocol/request.ts';
import { header } from '../protocol/request.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { childText, malformedXml, parseXml, requireShape } from '../protocol/xml-parser.ts';
import { requireBucketName } from './bucket-name.ts';
import type { BucketConfiguration } from './configuration.ts';
import { defaultConfiguration } from './configuration.ts';

/** A request that is about no bucket that exists. */
export type ServiceOperation = Omit<BucketOperation, 'bucket'>;

/** `GET /` */
export const listBuckets = ({ core, request, response }: ServiceOperation): void => {
  requireAccountPermission(core, request, 's3:ListAllMyBuckets', '*');
  const prefix = request.query.get('prefix') ?? '';
  const region = request.query.get('bucket-region');
  const buckets = core.buckets
    .all()
    .filter((bucket) => bucket.name.startsWith(prefix) && (region === undefined || bucket.region === region));
  sendXml(
    response,
    xmlDocument(
      'ListAllMyBucketsResult',
      ownerXml('Owner', core.ownerId),
      element(
        'Buckets',
        ...buckets.map(({ name, createdAt, region: bucketRegion }) =>
          element(
            'Bucket',
            textElement('Name', name),
            textElement('CreationDate', isoTime(createdAt)),
            textElement('BucketRegion', bucketRegion),
          ),
        ),
      ),
      textElement('Prefix', prefix === '' ? undefined : prefix),
    ),
  );
};

/** `PUT /{bucket}` */
export const createBucket = async ({ core, request, response }: ServiceOperation, name: string): Promise<void> => {
  requireAccountPermission(core, request, 's3:CreateBucket', name);
  requireBucketName(name);
  const region = await requestedRegion(request);
  if (core.buckets.find(name) !== undefined) {
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      409,
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    );
  }
  core.buckets.create(name, region, requestedConfiguration(request));
  sendEmpty(response, 200, { location: `/${name}` });
};

/** `HEAD /{bucket}` */
export const headBucket = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:ListBucket' });
  sendEmpty(response, 200, {
    'x-amz-bucket-region': bucket.region,
    'x-amz-access-point-alias': 'false',
    'content-type': 'application/xml',
  });
};

/** `DELETE /{bucket}`: only without any version or marker. */
export const deleteBucket = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:DeleteBucket' });
  if (core.versions.any(bucket.id)) {
    const versioned = bucket.configuration.versioning !== undefined;
    const message = `The bucket you tried to delete is not empty${versioned ? '. You must delete all versions in the bucket.' : ''}`;
    throw new AwsError('BucketNotEmpty', 409, message, { BucketName: bucket.name });
  }
  core.buckets.remove(bucket);
  sendEmpty(response, 204);
};

/** `GET /{bucket}?location` */
export const getBucketLocation = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:GetBucketLocation' });
  sendXml(response, xmlDocument('LocationConstraint', bucket.region === 'us-east-1' ? '' : bucket.region));
};

/** `GET /{bucket}?versioning` */
export const getBucketVersioning = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:GetBucketVersioning' });
  sendXml(response, xmlDocument('VersioningConfiguration', textElement('Status', bucket.configuration.versioning)));
};

/** `PUT /{bucket}?versioning` */
export const putBucketVersioning = async ({ core, request, response, bucket }: BucketOperation): Promise<void> => {
  requirePermission(core, request, bucket, { action: 's3:PutBucketVersioning' });
  const root = await readXml(request);
  requireShape(root, 'VersioningConfiguration', ['Status', 'MfaDelete']);
  const status = childText(root, 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  if (status === 'Suspended' && bucket.configuration.objectLock !== undefined) {
    throw new AwsError(
      'InvalidBucketState',
      409,
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  core.buckets.configure(bucket, (before) => ({ ...before, versioning: status }));
  sendEmpty(response, 200);
};

const requireAccountPermission = (core: S3Core, request: S3Request, action: string, name: string): void => {
  const { caller, baseContext, region } = request.aws;
  const resource = `arn:aws:s3:::${name}`;
  core.authorize({ caller, action, resource, resourceAccountId: core.accountId, context: baseContext, region });
};

const requestedConfiguration = (request: S3Request): BucketConfiguration => {
  const ownership = header(request, 'x-amz-object-ownership');
  const locked = header(request, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
  if (header(request, 'x-amz-acl') !== undefined && header(request, 'x-amz-acl') !== 'private') {
    throw new AwsError(
      'InvalidBucketAclWithObjectOwnership',
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (ownership !== undefined && ownership !== 'BucketOwnerEnforced') {
    throw invalidArgument('Only BucketOwnerEnforced is supported here.', 'x-amz-object-ownership', ownership);
  }
  return locked ? { ...defaultConfiguration, versioning: 'Enabled', objectLock: {} } : defaultConfiguration;
};

/** Without a body the bucket is made where the request is signed for. */
const requestedRegion = async (request: S3Request): Promise<string> => {
  const body = await readVerifiedBody(request);
  if (body.length === 0) return request.aws.region;
  const root = parseXml(body);
  requireShape(root, 'CreateBucketConfiguration', ['LocationConstraint', 'Tags']);
  const region = childText(root, 'LocationConstraint') ?? request.aws.region;
  if (region === request.aws.region) return region;
  throw new AwsError(
    'IllegalLocationConstraintException',
    400,
    `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
};
