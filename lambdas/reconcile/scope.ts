import * as z from 'zod';
import type { DataClass } from '../../core/data-class.ts';
import { MediakeepError } from '../../core/error.ts';
import { landingPrefixes } from '../../core/key-layout.ts';

/** What a job of this function may be limited to. */
export const Scope = z.strictObject({
  tenant: z.string().min(1).max(128).optional(),
  dataClass: z.string().min(1).max(128).optional(),
});
export type Scope = z.infer<typeof Scope>;

/** The prefixes of the vault that a scope covers, in the order of their keys; everything is one prefix, the empty one. */
export const vaultPrefixes = ({ tenant, dataClass }: Scope, classes: readonly DataClass[]): readonly string[] => {
  if (tenant === undefined && dataClass === undefined) return [''];
  const below = tenant === undefined ? '' : `${tenant}/`;
  const ofClasses = classesOf({ dataClass }, classes).map(({ prefix }) => `${prefix}${below}`);
  return [...ofClasses, ...(tenant !== undefined && dataClass === undefined ? [`facts/${below}`] : [])].sort();
};

/** The classes that a scope covers; throws where it names one that is not declared. */
export const classesOf = (
  { dataClass }: Pick<Scope, 'dataClass'>,
  classes: readonly DataClass[],
): readonly DataClass[] => {
  const chosen = classes.filter(({ name }) => dataClass === undefined || name === dataClass);
  if (chosen.length > 0) return chosen;
  const known = classes.map(({ name }) => name).join(', ');
  throw new MediakeepError('unprocessable', `There is no class ${dataClass}; there are ${known}.`);
};

/** The prefixes of landing that a scope covers; what has not been taken in yet has no class there. */
export const landingPrefixesOf = ({ tenant, dataClass }: Scope): readonly string[] => {
  if (dataClass !== undefined) return [];
  return Object.values(landingPrefixes)
    .map((prefix) => (tenant === undefined ? prefix : `${prefix}${tenant}/`))
    .sort();
};
