/** One version of a key. */
export interface PinnedVersion {
  readonly key: string;
  readonly versionId: string;
}

/** The value of `x-amz-copy-source`, pinned to a version. */
export const copySource = (bucket: string, { key, versionId }: PinnedVersion): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?versionId=${encodeURIComponent(versionId)}`;
