import type { ChecksumAlgorithm, ChecksumType } from '../checksums/algorithm.ts';
import { isCrc } from '../checksums/algorithm.ts';
import { namedAlgorithm } from '../checksums/requested-checksum.ts';
import { encryptionHeaders, requireKey } from '../objects/encryption.ts';
import { requestedObject, requireWritePermissions } from '../objects/put-object.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { header } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import { textElement, xmlDocument } from '../protocol/xml.ts';
import { newVersionId } from '../store/version-id.ts';

/** `POST /{bucket}/{key}?uploads` */
export const createUpload = (operation: ObjectOperation): void => {
  const { core, request, response, bucket, key } = operation;
  const object = requestedObject(operation);
  requireWritePermissions(operation, object, { 's3:ObjectCreationOperation': 'false' });
  requireKey(core, request, bucket, { key, encryption: object.encryption, action: 'GenerateDataKey' });
  const declared = namedAlgorithm(request.headers, 'x-amz-checksum-algorithm');
  const checksumAlgorithm = declared ?? 'CRC64NVME';
  const checksumType = requestedType(header(request, 'x-amz-checksum-type'), declared);
  const seq = core.sequence.next();
  // The place in time stands first, so that uploads of one key are listed in the order of their beginning.
  const id = `${seq.toString(36).padStart(10, '0')}.${newVersionId(seq, core.newId())}`;
  core.uploads.add({
    id,
    bucketId: bucket.id,
    key,
    initiated: core.clock.now(),
    detail: {
      object,
      checksumAlgorithm,
      checksumType,
      checksumDeclared: declared !== undefined,
      initiator: request.aws.caller.arn,
    },
  });
  sendXml(
    response,
    xmlDocument(
      'InitiateMultipartUploadResult',
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('UploadId', id),
    ),
    {
      ...encryptionHeaders(object.encryption),
      'x-amz-checksum-algorithm': declared,
      'x-amz-checksum-type': declared === undefined ? undefined : checksumType,
    },
  );
};

const requestedType = (text: string | undefined, algorithm: ChecksumAlgorithm | undefined): ChecksumType => {
  if (algorithm === undefined) {
    if (text === undefined) return 'FULL_OBJECT';
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
  }
  if (text === undefined) return algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  if (text !== 'FULL_OBJECT' && text !== 'COMPOSITE') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  }
  const impossible = text === 'FULL_OBJECT' ? !isCrc(algorithm) : algorithm === 'CRC64NVME';
  if (!impossible) return text;
  throw invalidRequest(
    `The ${text} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
};
