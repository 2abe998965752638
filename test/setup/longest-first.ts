import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first; a fresh clone knows no durations. */
const longest = ['platform/year', 'platform/restart', 'platform/faults-events', 'infra/rules', 'observe/observe-proof'];

/**
 * Starts whole platforms first, and of all files those that take longest: what is short comes last, so that no core waits at
 * the end for one file. A project's files stay together, because a worker keeps its modules only as long as they follow one another.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => projectRank(a) - projectRank(b) || rank(a) - rank(b));
  }
}

const projectRank = ({ project }: TestSpecification): number => (project.name === 'platform' ? 0 : 1);

const rank = ({ moduleId }: TestSpecification): number => {
  const found = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return found === -1 ? longest.length : found;
};
