import { AwsError } from '../../aws/aws-error.ts';
import type { BucketOperation } from '../operation.ts';
import { readXml } from '../protocol/read-xml.ts';
import { requireKeyLength } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { childText, malformedXml, requireShape } from '../protocol/xml-parser.ts';
import type { Deletion, DeletionRequest } from './delete-object.ts';
import { deleteKey } from './delete-object.ts';
import { requireVersionId } from './find-version.ts';

const maxKeys = 1000;

/** `POST /{bucket}?delete`: each key is answered for itself, and what is deleted is committed together. */
export const deleteObjects = async (operation: BucketOperation): Promise<void> => {
  const root = await readXml(operation.request, { integrity: true });
  requireShape(root, 'Delete', ['Object', 'Quiet']);
  const objects = root.children.filter(({ name }) => name === 'Object');
  if (objects.length === 0 || objects.length > maxKeys) throw malformedXml();
  const quiet = childText(root, 'Quiet') === 'true';
  const results = operation.core.change(() => objects.map((object) => deleteOne(operation, object, quiet)));
  sendXml(operation.response, xmlDocument('DeleteResult', ...results));
};

const deleteOne = (operation: BucketOperation, object: XmlElement, quiet: boolean): string => {
  requireShape(object, 'Object', ['Key', 'VersionId', 'ETag', 'LastModifiedTime', 'Size']);
  const key = childText(object, 'Key');
  if (key === undefined || key === '') throw malformedXml();
  const versionId = childText(object, 'VersionId');
  try {
    requireKeyLength(key);
    if (versionId !== undefined) requireVersionId(versionId);
    const wanted: DeletionRequest = { key, versionId, ifMatch: childText(object, 'ETag') };
    const deletion = deleteKey(operation, wanted);
    return quiet ? '' : deletedXml(wanted, deletion);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = textElement('Message', error.message);
    return element(
      'Error',
      textElement('Key', key),
      textElement('VersionId', versionId),
      textElement('Code', error.code),
      message,
    );
  }
};

const deletedXml = ({ key, versionId }: DeletionRequest, { version, addedMarker }: Deletion): string => {
  const markerId = addedMarker || version?.marker ? version?.versionId : undefined;
  return element(
    'Deleted',
    textElement('Key', key),
    textElement('VersionId', versionId),
    textElement('DeleteMarker', markerId === undefined ? undefined : true),
    textElement('DeleteMarkerVersionId', markerId),
  );
};
