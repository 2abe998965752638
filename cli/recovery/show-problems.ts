import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { reportFolder } from '../../core/recovery/report.ts';
import type { CommandContext } from '../context.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';

const Problems = z.array(z.object({ tenant: z.string(), assetId: z.string(), problem: z.string() }));
const Brought = z.array(z.object({ tenant: z.string(), assetId: z.string(), from: z.string() }));

/** So many are named; the pages of the report name them all. */
const mostNamed = 20;

const words: Readonly<Record<string, string>> = {
  'row-missing': 'has no row',
  'not-stored': 'is in no place: not in the vault, not in the second region, in no backup',
  'size-differs': 'has another length',
  'content-differs': 'has another content',
  'attributes-differ': 'has other attributes',
  'unlike-vault': 'has a row that does not say what the vault shows; `mediakeep reconcile` tells more',
  'content-unreadable': 'cannot be read as it was',
};
const stillArchived = 'lies in the archive alone, and S3 has not brought it out within two days; recover again';

/** Names the assets that a recovery did not bring back as they were, each with what is wrong. */
export const showProblems = async (
  target: OperatorTarget,
  jobId: string,
  output: Pick<CommandContext['output'], 'line'>,
): Promise<void> => {
  const s3 = new S3Client(target.aws());
  const Bucket = target.buckets.audit;
  const pagesOf = async <T>(part: string, schema: z.ZodType<T[]>): Promise<T[]> => {
    const Prefix = `${reportFolder(jobId)}${part}-`;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const pages = Contents.slice(0, mostNamed).map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return schema.parse(JSON.parse((await Body?.transformToString()) ?? '[]'));
    });
    return (await Promise.all(pages)).flat();
  };
  const problems = await pagesOf('problems', Problems);
  if (problems.length === 0) return;
  const archived = new Set(
    (await pagesOf('thawed', Brought)).filter(({ from }) => from === 'archived').map(({ assetId }) => assetId),
  );
  for (const { tenant, assetId, problem } of problems.slice(0, mostNamed)) {
    const text = archived.has(assetId) ? stillArchived : (words[problem] ?? problem);
    output.line(`  ${tenant} ${assetId} ${text}`);
  }
  output.line(`  each is named in s3://${Bucket}/${reportFolder(jobId)}problems-*.json`);
};
