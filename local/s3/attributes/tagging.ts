import { announce, requestActor } from '../events/announce.ts';
import type { Tags } from '../objects/tags.ts';
import { requestTagConditions, tagsOfXml, tagsXml } from '../objects/tags.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { readXml } from '../protocol/read-xml.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { changeDetail } from '../replication/schedule.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { targetVersion } from './target-version.ts';

/** `GET /{bucket}/{key}?tagging` */
export const getObjectTagging = (operation: ObjectOperation): void => {
  const { bucket, response } = operation;
  const version = targetVersion(operation, {
    current: 's3:GetObjectTagging',
    version: 's3:GetObjectVersionTagging',
  });
  sendXml(response, tagsXml(version.detail.tags), versionIdHeader(bucket, version));
};

/** `PUT /{bucket}/{key}?tagging` */
export const putObjectTagging = async (operation: ObjectOperation): Promise<void> => {
  const { response, bucket } = operation;
  const tags = tagsOfXml(await readXml(operation.request));
  const action = { current: 's3:PutObjectTagging', version: 's3:PutObjectVersionTagging' };
  const version = targetVersion(operation, action, requestTagConditions(tags));
  setTags(operation, version, { tags, event: 'ObjectTagging:Put' });
  sendEmpty(response, 200, versionIdHeader(bucket, version));
};

/** `DELETE /{bucket}/{key}?tagging` */
export const deleteObjectTagging = (operation: ObjectOperation): void => {
  const version = targetVersion(operation, {
    current: 's3:DeleteObjectTagging',
    version: 's3:DeleteObjectVersionTagging',
  });
  setTags(operation, version, { tags: {}, event: 'ObjectTagging:Delete' });
  sendEmpty(operation.response, 204, versionIdHeader(operation.bucket, version));
};

const setTags = (
  { core, request, bucket }: ObjectOperation,
  version: ObjectVersion,
  { tags, event }: { readonly tags: Tags; readonly event: string },
): void =>
  core.change(() => {
    changeDetail(core, bucket, version, { ...version.detail, tags });
    announce(core, { name: event, bucket, object: version, time: core.clock.now(), ...requestActor(request) });
  });
