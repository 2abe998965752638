import type { DataClass } from '../core/data-class.ts';
import { durationText, longestDurationMs } from '../core/retention/duration.ts';
import type { Statute } from '../core/retention/inputs.ts';
import { statutes } from './mediakeep.config.ts';
import { type Problem, refuseProblems } from './problem.ts';

/** What the law of the deployment's jurisdiction says, by the name of the class. */
export type Statutes = Readonly<Record<string, Statute>>;

/** What the law says of a class; undefined where it says nothing. */
export const statuteOf = (dataClass: string): Statute | undefined =>
  Object.hasOwn(statutes, dataClass) ? statutes[dataClass] : undefined;

/** Throws one Error that names every class that contradicts the law, and every word of the law that cannot be meant so. */
export const checkStatutes = (law: Statutes, classes: readonly DataClass[]): void =>
  refuseProblems(
    Object.entries(law).flatMap(([name, statute]) => [
      ...spanProblems(name, statute),
      ...classProblems(
        name,
        statute,
        classes.find((dataClass) => dataClass.name === name),
      ),
    ]),
  );

const spanProblems = (name: string, statute: Statute): Problem[] => {
  const { floor, ceiling } = statute;
  const wrong = (['floor', 'ceiling'] as const)
    .filter((field) => !isSpan(statute[field]))
    .map((field) => ({
      field: `statutes[${name}].${field}`,
      value: statute[field],
      allowed: 'a time up to a hundred years',
      fix: 'Write it with `days()`',
    }));
  if (wrong.length > 0 || floor === undefined || ceiling === undefined || floor <= ceiling) return wrong;
  return [
    {
      field: `statutes[${name}].floor`,
      value: floor,
      allowed: `at most \`ceiling\`, which is ${durationText(ceiling)}`,
      fix: 'What has to be kept longer than it may be kept cannot be stored at all',
    },
  ];
};

const isSpan = (span: number | undefined): boolean =>
  span === undefined || (Number.isInteger(span) && span > 0 && span <= longestDurationMs);

const classProblems = (name: string, { floor, ceiling }: Statute, dataClass: DataClass | undefined): Problem[] => {
  if (dataClass === undefined) {
    return [
      { field: `statutes[${name}]`, value: name, allowed: 'the name of a class', fix: 'Correct it or remove it' },
    ];
  }
  const { deleteAfter, floor: ownFloor } = dataClass.retention;
  const problems: Problem[] = [];
  const contradicts = (field: string, value: number, allowed: string): void => {
    problems.push({
      field: `classes[${name}].retention.${field}`,
      value,
      allowed,
      fix: 'The law is stronger; change the class',
    });
  };
  if (deleteAfter !== undefined && floor !== undefined && deleteAfter < floor) {
    contradicts('deleteAfter', deleteAfter, `at least the floor of the law, ${durationText(floor)}`);
  }
  if (ownFloor !== undefined && ceiling !== undefined && ownFloor > ceiling) {
    contradicts('floor', ownFloor, `at most the ceiling of the law, ${durationText(ceiling)}`);
  }
  return problems;
};
