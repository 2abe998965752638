import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { compareVaults, type VaultDifference } from './compare-vaults.ts';
import { type KnownLag, knownLag } from './lag.ts';
import { listVault } from './list-vault.ts';
import type { FailoverPlace } from './place.ts';

/** What the second region has. */
export interface CopiesCount {
  readonly keys: number;
  readonly versions: number;
  readonly bytes: number;
  /** ISO time of the newest copy: what came after it is not there. */
  readonly newest: string | undefined;
}

/** What is where, as far as it can be known at this moment. */
export interface Survey {
  readonly deployment: string;
  readonly homeRegion: string;
  readonly secondRegion: string;
  readonly homeAnswers: boolean;
  readonly copies: CopiesCount;
  readonly lag: KnownLag;
  /** Only while both regions answer. */
  readonly difference?: VaultDifference;
}

/** Looks at both regions; a home region that does not answer leaves out what only it could say. */
export const survey = async (place: FailoverPlace): Promise<Survey> => {
  const { deployment, homeRegion, secondRegion } = place;
  const [homeAnswers, copies, lag] = await Promise.all([answers(place), countCopies(place), knownLag(place)]);
  const known = { deployment, homeRegion, secondRegion, homeAnswers, copies, lag };
  return homeAnswers ? { ...known, difference: await compareVaults(place) } : known;
};

const patienceMs = 5_000;

/** True where the vault of the home region can be reached. */
export const answers = async ({ aws, homeRegion, vaults }: FailoverPlace): Promise<boolean> => {
  const client = new S3Client({ ...aws(homeRegion), maxAttempts: 1 });
  try {
    const signal = AbortSignal.timeout(patienceMs);
    await client.send(new HeadBucketCommand({ Bucket: vaults.home }), { abortSignal: signal });
    return true;
  } catch (error) {
    if (isRefusal(error)) throw error;
    return false;
  } finally {
    client.destroy();
  }
};

/** Credentials that may not look say nothing of the region. */
const isRefusal = (error: unknown): boolean => {
  const status = error instanceof Error && '$metadata' in error ? Object(error.$metadata).httpStatusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500;
};

const countCopies = async ({ aws, secondRegion, vaults }: FailoverPlace): Promise<CopiesCount> => {
  const count = { keys: 0, versions: 0, bytes: 0, newest: undefined as string | undefined };
  for await (const page of listVault(aws(secondRegion), vaults.second)) {
    for (const { versions } of page) {
      count.keys++;
      for (const { marker, bytes, at } of versions) {
        count.versions += marker ? 0 : 1;
        count.bytes += bytes;
        if (count.newest === undefined || at > count.newest) count.newest = at;
      }
    }
  }
  return count;
};
