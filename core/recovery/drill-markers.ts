import { type AssetId, type IdSource, newAssetId } from '../asset-id.ts';
import type { DataClass } from '../data-class.ts';
import { encodeFacts, type Facts } from '../facts.ts';
import { vaultKey } from '../key-layout.ts';
import { isoTime, utcDay } from '../time.ts';

/** The tenant to which everything belongs that a drill puts; nobody is a member of it. */
export const drillTenant = 'mediakeep-drill';

/** Something that a drill puts, to see whether it comes back. */
export interface DrillMarker {
  readonly assetId: AssetId;
  readonly key: string;
  readonly body: string;
  /** The header that makes the object describe itself. */
  readonly facts: string;
}

const markers = 3;

/** The class that markers are of: one that keeps plain text as it is. */
export const markerClass = (classes: readonly DataClass[]): DataClass | undefined =>
  classes.find(({ accepts, seal }) => !seal && accepts.some(({ format }) => format === 'text'));

/** Where all markers of a class lie, and nothing else. */
export const markerPrefix = ({ prefix }: DataClass): string => `${prefix}${drillTenant}/`;

/** Markers of one drill: small texts that say what they are. */
export const drillMarkers = (dataClass: DataClass, jobId: string, ids: IdSource): DrillMarker[] =>
  Array.from({ length: markers }, (_, index) => {
    const assetId = newAssetId(ids);
    const filename = `drill-${index + 1}.txt`;
    const body = `Marker ${index + 1} of the recovery drill ${jobId}, made to be lost and brought back.\n`;
    const facts: Facts = {
      v: 1,
      assetId,
      tenant: drillTenant,
      dataClass: dataClass.name,
      uploader: 'recovery-drill',
      createdAt: isoTime(ids.now()),
      filename,
      contentType: 'text/plain',
      bytes: body.length,
      attributes: {},
    };
    const key = vaultKey(dataClass, {
      tenant: drillTenant,
      assetId,
      date: utcDay(ids.now()),
      filename,
      attributes: {},
    });
    return { assetId, key, body, facts: encodeFacts(facts) };
  });
