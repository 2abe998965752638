/** One value of the configuration that cannot work. */
export interface Problem {
  /** Where it stands: `homeRegion`, `classes[raw-audio].retention.coldAfter`. */
  readonly field: string;
  readonly value: unknown;
  /** What is allowed there. */
  readonly allowed: string;
  /** What the deployer does about it. */
  readonly fix: string;
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : `\`${JSON.stringify(value)}\``);

const sentence = ({ field, value, allowed, fix }: Problem): string =>
  `- \`${field}\` is ${shown(value)}; allowed: ${allowed}. ${fix}.`;

/** Throws one Error that lists every problem; does nothing where there is none. */
export const refuseProblems = (problems: readonly Problem[]): void => {
  if (problems.length === 0) return;
  throw new Error(
    `The configuration in \`config/mediakeep.config.ts\` cannot be deployed:\n${problems.map(sentence).join('\n')}`,
  );
};
