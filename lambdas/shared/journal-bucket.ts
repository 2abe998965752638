import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MediakeepError } from '../../core/error.ts';
import { isLater, type JournalEntry, journalBody, parseJournalBody } from '../../core/journal.ts';
import { namedFailure } from './aws-failure.ts';
import { isMissing, isPreconditionFailed } from './s3-client.ts';

/** The journal in the vault. */
export interface Journal {
  /** Puts a state unless a later one is there; `kept` where it is. */
  write(key: string, entry: JournalEntry): Promise<'written' | 'kept'>;
}

interface Stored {
  readonly etag: string;
  /** Undefined where the object is none of ours. */
  readonly entry: JournalEntry | undefined;
}

/** So often it looks again when others write the same object. */
const maxLooks = 5;

/**
 * Each put rests on what was there: a state that comes late, by a repeated batch or by a call that was given up and still
 * ran, finds a later one and leaves it. A row that was deleted leaves an object that says so, because a delete marker has no
 * order and would be overwritten by whoever comes late.
 */
export const journalBucket = (client: S3Client, bucket: string): Journal => ({
  async write(key, entry) {
    for (let looks = 0; looks < maxLooks; looks++) {
      const stored = await read(client, bucket, key);
      if (stored?.entry !== undefined && !isLater(entry.order, stored.entry.order)) return 'kept';
      if (await put(client, { bucket, key, body: journalBody(entry), over: stored?.etag })) return 'written';
    }
    throw new MediakeepError('conflict', `A journal object was written ${maxLooks} times while it was looked at.`);
  },
});

const read = async (client: S3Client, bucket: string, key: string): Promise<Stored | undefined> => {
  try {
    const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { etag: ETag, entry: parseJournalBody((await Body?.transformToString()) ?? '') };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw namedFailure(error, 'GetObject');
  }
};

/** False where somebody else came first. */
const put = async (
  client: S3Client,
  { bucket, key, body, over }: { bucket: string; key: string; body: string; over: string | undefined },
): Promise<boolean> => {
  try {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/json',
        ...(over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over }),
      }),
    );
    return true;
  } catch (error) {
    if (isPreconditionFailed(error) || isConflict(error)) return false;
    throw namedFailure(error, 'PutObject');
  }
};

/** Two conditional writes at once: one of them may be told so instead of seeing the other's ETag. */
const isConflict = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ConditionalRequestConflict' || isMissing(error));
