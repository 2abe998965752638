import { isArchivable } from '../../core/archive/archivable.ts';
import { ArchiveInput } from '../../core/jobs/archive-input.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { type JobScopeCursor, jobScopePage } from '../shared/job-scope.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { Meter } from '../shared/metrics.ts';
import type { Tagger } from './tagger.ts';

export interface ArchiveDeps {
  readonly index: AssetIndex;
  readonly tag: Tagger;
  readonly meter: Pick<Meter, 'count'>;
}

type ArchiveTally = {
  /** Versions that S3 will move at its next run. */
  readonly marked: number;
  readonly markedBefore: number;
  /** Small, packed or cold already, deleted in the meantime. */
  readonly untouched: number;
};

const nothing: ArchiveTally = { marked: 0, markedBefore: 0, untouched: 0 };
const lanes = 16;

/** Marks the current version of every asset of a scope for its storage class. */
export const archiveJob: JobDefinition<ArchiveInput, ArchiveDeps> = {
  input: ArchiveInput,
  run: ({ tenant, input }, context, deps) =>
    runPages<JobScopeCursor, ArchiveTally>(context, {
      name: 'mark',
      from: {},
      tally: nothing,
      page: async (cursor) => {
        const { storageClass, scope } = input;
        const { rows, passed, next } = await jobScopePage({ tenant, scope }, cursor, {
          index: deps.index,
          concerns: (summary) => isArchivable(summary, storageClass),
        });
        const answers = await mapInParallel(rows, lanes, ({ detail }) =>
          deps.tag({ key: detail.key, versionId: detail.currentVersionId ?? '', storageClass }),
        );
        const marked = answers.filter((answer) => answer === 'tagged').length;
        const markedBefore = answers.filter((answer) => answer === 'tagged before').length;
        if (marked > 0) deps.meter.count(metricNames.versionsArchived, marked);
        const gone = answers.length - marked - markedBefore;
        return { next, tally: { marked, markedBefore, untouched: passed + gone } };
      },
      add: (a, b) => ({
        marked: a.marked + b.marked,
        markedBefore: a.markedBefore + b.markedBefore,
        untouched: a.untouched + b.untouched,
      }),
      report: deps.report,
    }),
};
