import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { TemplateResource } from './templates.ts';

/** What a rule looks at: all resources of the app, and what the deployer decided. */
export interface RuleInput {
  readonly resources: readonly TemplateResource[];
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

/** A resource that lacks what a rule asks for. */
export interface Finding {
  readonly resource: TemplateResource;
  readonly message: string;
}

/** One property that the templates must have. */
export interface Rule {
  /** Number in the list of controls, with a letter where one control takes several rules: `C17b`. */
  readonly id: string;
  /** The property as a fact. */
  readonly title: string;
  check(input: RuleInput): readonly Finding[];
}

/** A rule that looks at each resource of some types alone; the check returns what is wrong, or nothing. */
export const eachResource = (
  id: string,
  title: string,
  types: string | readonly string[],
  check: (resource: TemplateResource, input: RuleInput) => string | undefined | false,
): Rule => ({
  id,
  title,
  check: (input) =>
    ofType(input, types).flatMap((resource) => {
      const message = check(resource, input);
      return typeof message === 'string' ? [{ resource, message }] : [];
    }),
});

/** All resources of some types. */
export const ofType = ({ resources }: RuleInput, types: string | readonly string[]): TemplateResource[] =>
  resources.filter(({ type }) => (typeof types === 'string' ? type === types : types.includes(type)));

/** True for what is made from the copies in a failover and goes with the failback: nothing in it is the only one of its kind. */
export const isDerived = ({ stack }: TemplateResource, { deployment }: Pick<RuleInput, 'deployment'>): boolean =>
  stack === `${deployment.name}-standby`;
