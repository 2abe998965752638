import { hours } from '../../../core/time.ts';
import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import { announce, requestActor } from '../events/announce.ts';
import { dueAfter } from '../lifecycle/due.ts';
import { scheduleRestoreEvent } from '../lifecycle/restore-events.ts';
import { archiveClasses } from '../objects/archive.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { readXml } from '../protocol/read-xml.ts';
import { sendEmpty } from '../protocol/respond.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { child, childText, malformedXml, requireShape } from '../protocol/xml-parser.ts';
import type { ObjectVersion, RestoreState } from '../store/object-version.ts';
import { targetVersion } from './target-version.ts';

type Tier = 'Expedited' | 'Standard' | 'Bulk';

/** How long a restore takes at most, by storage class and tier; deep archives have no expedited one. */
const durations: Readonly<Record<string, Readonly<Partial<Record<Tier, number>>>>> = {
  GLACIER: { Expedited: hours(5 / 60), Standard: hours(5), Bulk: hours(12) },
  DEEP_ARCHIVE: { Standard: hours(12), Bulk: hours(48) },
};

/** `POST /{bucket}/{key}?restore`: again on a restored object moves the end of its copy. */
export const restoreObject = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket } = operation;
  const wanted = parseRestore(await readXml(request));
  const version = targetVersion(operation, { current: 's3:RestoreObject', version: 's3:RestoreObject' });
  const { storageClass, restore } = version.detail;
  if (!archiveClasses.includes(storageClass)) {
    throw new AwsError('InvalidObjectState', 403, "Restore is not allowed for the object's current storage class", {
      StorageClass: storageClass,
    });
  }
  const now = core.clock.now();
  const underWay = restore !== undefined && now < restore.readyAt;
  if (underWay) throw new AwsError('RestoreAlreadyInProgress', 409, 'Object restore is already in progress');
  const restored = restore !== undefined && now < restore.expiresAt;
  const readyAt = restored ? restore.readyAt : now + duration(storageClass, wanted.tier);
  const state: RestoreState = {
    requestedAt: restored ? restore.requestedAt : now,
    readyAt,
    expiresAt: dueAfter(Math.max(readyAt, now), wanted.days),
  };
  core.change(() => keepRestore(operation, version, { state, restored }));
  sendEmpty(response, restored ? 200 : 202, versionIdHeader(bucket, version));
};

const keepRestore = (
  { core, request, bucket }: ObjectOperation,
  version: ObjectVersion,
  { state, restored }: { readonly state: RestoreState; readonly restored: boolean },
): void => {
  core.versions.setDetail(version, { ...version.detail, restore: state });
  scheduleRestoreEvent(core, version, 'ObjectRestore:Delete', state.expiresAt);
  if (restored) return;
  scheduleRestoreEvent(core, version, 'ObjectRestore:Completed', state.readyAt);
  announce(core, {
    name: 'ObjectRestore:Post',
    bucket,
    object: version,
    time: core.clock.now(),
    ...requestActor(request),
  });
};

const duration = (storageClass: string, tier: Tier): number => {
  const time = durations[storageClass]?.[tier];
  if (time !== undefined) return time;
  throw new AwsError('InvalidArgument', 400, `Retrieval option is not supported by this storage class: ${tier}`, {
    ArgumentName: 'Tier',
    ArgumentValue: tier,
  });
};

const parseRestore = (root: XmlElement): { readonly days: number; readonly tier: Tier } => {
  requireShape(root, 'RestoreRequest', [
    'Days',
    'GlacierJobParameters',
    'Tier',
    'Type',
    'Description',
    'SelectParameters',
    'OutputLocation',
  ]);
  if (child(root, 'Type') ?? child(root, 'SelectParameters') ?? child(root, 'OutputLocation'))
    throw notImplemented('SELECT restores');
  const parameters = child(root, 'GlacierJobParameters');
  const tier = (parameters && childText(parameters, 'Tier')) ?? childText(root, 'Tier') ?? 'Standard';
  const count = childText(root, 'Days') ?? '';
  if ((tier !== 'Expedited' && tier !== 'Standard' && tier !== 'Bulk') || !/^\d{1,5}$/.test(count) || Number(count) < 1)
    throw malformedXml();
  return { days: Number(count), tier };
};
