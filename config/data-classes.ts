import type { DataClass } from '../core/data-class.ts';
import { classes } from './mediakeep.config.ts';

/** The data classes of this deployment: what stacks, functions and documentation are driven by. */
export const dataClasses: readonly DataClass[] = classes;

/** The class of that name; undefined where the deployment has none. */
export const findDataClass = (name: string): DataClass | undefined => dataClasses.find((known) => known.name === name);
