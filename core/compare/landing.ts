import { parseLandingKey } from '../key-layout.ts';
import { hours } from '../time.ts';
import type { Finding } from './finding.ts';

/** An upload that lies in landing. */
export interface LandedObject {
  readonly key: string;
  readonly versionId: string;
  /** ISO time. */
  readonly at: string;
}

/** Intake works for 15 minutes at most and is tried five times, 90 minutes apart. */
export const stuckAfterMs = hours(8);

/** The assets of uploads that have lain in landing for so long that somebody must have decided about them. */
export const overdueUploads = (
  objects: readonly LandedObject[],
  now: number,
): readonly { readonly object: LandedObject; readonly tenant: string; readonly assetId: string }[] =>
  objects.flatMap((object) => {
    const place = parseLandingKey(object.key);
    return place === undefined || Date.parse(object.at) > now - stuckAfterMs ? [] : [{ object, ...place }];
  });

/** The finding of an overdue upload that has neither a row, nor a rejection, nor a duplicate. */
export const stuckUpload = ({ object, tenant, assetId }: ReturnType<typeof overdueUploads>[number]): Finding => ({
  kind: 'stuck-upload',
  key: object.key,
  tenant,
  assetId,
  versionIds: [object.versionId],
  repair: 'safe',
  action: 'resend',
  landedAt: object.at,
  found: 'The upload has landed and nobody has decided about it.',
});
