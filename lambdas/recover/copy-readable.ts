import { archiveTagName } from '../../core/archive/archive-class.ts';
import { isAbsent } from '../shared/absent-version.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { copyVersion, type Side, type VersionOnSide } from '../shared/copy-version.ts';
import { isArchived } from '../shared/s3-client.ts';
import type { Copy } from './ports.ts';

/** Which version to copy. */
export interface CopySource extends VersionOnSide {
  /** The archive class to which the copy goes again once it has reached the second region. @default it keeps its tags */
  readonly archiveTo?: string | undefined;
}

/**
 * Copies a version into the vault under its own key. An archived version has to be restored first. The copy lies in STANDARD,
 * because S3 replicates nothing that is put into the archive; its tag sends it there.
 */
export const copyReadable = async (vault: Side, { archiveTo, ...source }: CopySource): Promise<Copy> => {
  const tagging = archiveTo && new URLSearchParams({ [archiveTagName]: archiveTo }).toString();
  try {
    return { versionId: await copyVersion(vault, source, { tagging }) };
  } catch (error) {
    if (isArchived(error)) return 'archived';
    if (isAbsent(error)) return 'absent';
    throw namedFailure(error, 'CopyObject');
  }
};
