import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { findingKinds } from '../../core/compare/finding.ts';
import type { OperatorTarget } from './operator-target.ts';

const ReportFinding = z.looseObject({
  kind: z.enum(findingKinds),
  key: z.string().optional(),
  tenant: z.string().optional(),
  assetId: z.string().optional(),
  dataClass: z.string().optional(),
  repair: z.enum(['safe', 'ask']),
  action: z.string(),
  found: z.string(),
  settled: z.enum(['repaired', 'proposed', 'asked', 'failed']),
});
/** One line of a report. */
export type ReportFinding = z.infer<typeof ReportFinding>;

const Part = z.object({ findings: z.array(ReportFinding) });

/** The findings of a job's report, part after part as they were written. */
export async function* readFindings(target: OperatorTarget, reportKey: string): AsyncGenerator<ReportFinding> {
  const s3 = new S3Client(target.aws());
  const Bucket = target.buckets.audit;
  const Prefix = reportKey.slice(0, reportKey.lastIndexOf('/') + 1);
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    for (const { Key = '' } of Contents.filter((object) => object.Key !== reportKey)) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      yield* Part.parse(JSON.parse((await Body?.transformToString()) ?? '')).findings;
    }
  }
}
