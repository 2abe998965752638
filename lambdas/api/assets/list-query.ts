import {
  casePartition,
  classPartition,
  deletedPartition,
  indexNames,
  joinKey,
  phrasePartition,
  subjectPartition,
  uploaderPartition,
} from '../../../core/catalog/keys.ts';
import type { ListAssets } from '../../../core/schemas/asset-query.ts';
import type { IndexQuery } from '../ports.ts';

/** The one index query that answers a list; undefined for a list by content, which is no index. */
export const indexQueryOf = (tenant: string, query: ListAssets): IndexQuery | undefined => {
  const place = placeOf(tenant, query);
  return place && { ...place, ...bounds(query), oldestFirst: query.order === 'oldest' };
};

const placeOf = (tenant: string, query: ListAssets): Pick<IndexQuery, 'index' | 'partition'> | undefined => {
  if (query.class !== undefined) {
    const partition = query.state === 'deleted' ? deletedPartition : classPartition;
    return { index: indexNames.byKind, partition: partition(tenant, query.class) };
  }
  if (query.uploader !== undefined) {
    return { index: indexNames.byActor, partition: uploaderPartition(tenant, query.uploader) };
  }
  if (query.subject !== undefined) {
    return { index: indexNames.bySubject, partition: subjectPartition(tenant, query.subject) };
  }
  if (query.case !== undefined) return { index: indexNames.byTopic, partition: casePartition(tenant, query.case) };
  if (query.language !== undefined) {
    return { index: indexNames.byTopic, partition: phrasePartition(tenant, query.language) };
  }
  return undefined;
};

/** Greater than every character of a sort key, and not a legal character of one. */
const end = '\u{10FFFF}';

/**
 * Sort keys are `{createdAt}#{id}`, of phrases `{intent}#{variation}#{createdAt}#{id}`. A bare time sorts before every key
 * of that time, so that as an upper bound it leaves that instant out.
 */
const bounds = ({ language, intent, variation, from, to }: ListAssets): { from?: string; to?: string } => {
  const labels = [intent, variation].filter((label) => label !== undefined);
  const prefix = language === undefined || labels.length === 0 ? '' : `${joinKey(...labels)}#`;
  if (prefix === '' && from === undefined && to === undefined) return {};
  const first = `${prefix}${instant(from) ?? ''}`;
  return { ...(first === '' ? {} : { from: first }), to: `${prefix}${instant(to) ?? end}` };
};

/** With milliseconds, as the keys have it. */
const instant = (time: string | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
