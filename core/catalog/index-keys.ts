import type { Topic } from '../data-class.ts';
import type { AssetRow, AssetSummary } from './asset-row.ts';
import {
  casePartition,
  classPartition,
  deletedCasePartition,
  deletedPartition,
  joinKey,
  phrasePartition,
  subjectPartition,
  timeSort,
  uploaderPartition,
} from './keys.ts';

type IndexKeys = Pick<AssetRow, 'g1pk' | 'g1sk' | 'g2pk' | 'g2sk' | 'g3pk' | 'g3sk' | 'g4pk' | 'g4sk'>;

/**
 * Where an asset is listed. A stored asset stands in every list that knows it; a deleted one among the deleted of its class
 * and of its case, since a hold covers its bytes too, and with its data subject, who has a right to know and to have erased
 * what is left; one that is gone nowhere.
 */
export const indexKeysOf = (tenant: string, summary: AssetSummary, topic: Topic | undefined): IndexKeys => {
  if (summary.state === 'gone') return {};
  const byTime = timeSort(summary.createdAt, summary.assetId);
  const subject = summary.subject
    ? fitting('g3pk', 'g3sk', subjectPartition(tenant, summary.subject), byTime)
    : undefined;
  if (summary.state === 'deleted') {
    const ofCase = summary.case
      ? fitting('g4pk', 'g4sk', deletedCasePartition(tenant, summary.case), byTime)
      : undefined;
    return { g1pk: deletedPartition(tenant, summary.dataClass), g1sk: byTime, ...subject, ...ofCase };
  }
  return {
    g1pk: classPartition(tenant, summary.dataClass),
    g1sk: byTime,
    ...(summary.uploader ? fitting('g2pk', 'g2sk', uploaderPartition(tenant, summary.uploader), byTime) : undefined),
    ...subject,
    ...topicKeys(tenant, summary, topic),
  };
};

/**
 * A case goes before a phrase, whatever the class: a hold that missed a recording would be worse than a list that does. New
 * uploads have one of them at most.
 */
const topicKeys = (tenant: string, summary: AssetSummary, topic: Topic | undefined): IndexKeys => {
  if (summary.case) {
    const byTime = timeSort(summary.createdAt, summary.assetId);
    return fitting('g4pk', 'g4sk', casePartition(tenant, summary.case), byTime);
  }
  const { language, intent, variation } = summary.attributes;
  if (topic !== 'phrase' || typeof language !== 'string' || language === '') return {};
  const sort = joinKey(text(intent), text(variation), summary.createdAt, summary.assetId);
  return fitting('g4pk', 'g4sk', phrasePartition(tenant, language), sort);
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const maxPartitionBytes = 2048;
const maxSortBytes = 1024;

/** A value too long for a key keeps its asset out of that one list, instead of out of the catalog. */
const fitting = <P extends string, S extends string>(
  partitionName: P,
  sortName: S,
  partition: string,
  sort: string,
): { [K in P | S]?: string } => {
  if (exceeds(partition, maxPartitionBytes) || exceeds(sort, maxSortBytes)) return {};
  return { [partitionName]: partition, [sortName]: sort } as { [K in P | S]?: string };
};

/** A character takes three bytes of UTF-8 at most for each of its code units, so that short values need no counting. */
const exceeds = (value: string, mostBytes: number): boolean =>
  value.length * 3 > mostBytes && new TextEncoder().encode(value).length > mostBytes;
