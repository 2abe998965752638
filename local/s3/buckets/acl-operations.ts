import { targetVersion } from '../attributes/target-version.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation, ObjectOperation } from '../operation.ts';
import { ownerXml } from '../protocol/owner.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';

/** `GET /{bucket}?acl`: the owner has everything, nobody else has anything by a list. */
export const getBucketAcl = ({ core, request, response, bucket }: BucketOperation): void => {
  requirePermission(core, request, bucket, { action: 's3:GetBucketAcl' });
  sendXml(response, ownerOnly(core.ownerId));
};

/** `GET /{bucket}/{key}?acl` */
export const getObjectAcl = (operation: ObjectOperation): void => {
  targetVersion(operation, { current: 's3:GetObjectAcl', version: 's3:GetObjectVersionAcl' });
  sendXml(operation.response, ownerOnly(operation.core.ownerId));
};

const ownerOnly = (ownerId: string): string =>
  xmlDocument(
    'AccessControlPolicy',
    ownerXml('Owner', ownerId),
    element(
      'AccessControlList',
      element(
        'Grant',
        `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${textElement('ID', ownerId)}</Grantee>`,
        textElement('Permission', 'FULL_CONTROL'),
      ),
    ),
  );
