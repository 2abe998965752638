import { AwsError } from '../aws/aws-error.ts';
import type { Plan, Selection, TestingPlan, TestingSelection, Vault } from './model.ts';

/** What the template says of backups; filled anew at every start. */
export interface Catalogue {
  readonly vaults: Map<string, Vault>;
  readonly plans: Map<string, Plan>;
  readonly selections: Map<string, Selection>;
  readonly testingPlans: Map<string, TestingPlan>;
  readonly testingSelections: Map<string, TestingSelection>;
  /** Throws what AWS Backup answers for a vault that does not exist. */
  vault(region: string, name: string): Vault;
}

export const createCatalogue = (): Catalogue => {
  const vaults = new Map<string, Vault>();
  return {
    vaults,
    plans: new Map(),
    selections: new Map(),
    testingPlans: new Map(),
    testingSelections: new Map(),
    vault(region, name) {
      const vault = [...vaults.values()].find((candidate) => candidate.region === region && candidate.name === name);
      if (vault !== undefined) return vault;
      throw notFound(`Backup vault ${name} does not exist.`);
    },
  };
};

export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', 400, message);
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', 400, message);
export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', 400, message);
