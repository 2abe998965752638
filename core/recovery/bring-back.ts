import type { VersionEntry } from '../catalog/asset-row.ts';

/**
 * How one key of the vault comes back to what it showed at an instant, from the nearest place: it shows it still; the delete
 * markers above it go; the version is copied over what was put above it; or the vault has it no more and another place must.
 */
export type BringBack =
  | { readonly kind: 'there' }
  | { readonly kind: 'uncover'; readonly markers: readonly string[] }
  | { readonly kind: 'copy-forward'; readonly versionId: string }
  | { readonly kind: 'elsewhere' };

/** Decides for a wanted version from those that are there now, newest first. Nothing is ever removed but markers. */
export const bringBack = (wanted: string, now: readonly VersionEntry[]): BringBack => {
  const index = now.findIndex(({ marker, versionId }) => !marker && versionId === wanted);
  const found = now[index];
  if (found === undefined) return { kind: 'elsewhere' };
  const above = now.slice(0, index);
  if (above.length === 0) return { kind: 'there' };
  if (above.every(({ marker }) => marker)) {
    return { kind: 'uncover', markers: above.map(({ versionId }) => versionId) };
  }
  return { kind: 'copy-forward', versionId: found.versionId };
};
