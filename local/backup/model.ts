import type { PolicyDocument } from '../aws/caller.ts';

/** How long a recovery point is kept. */
export interface Lifecycle {
  readonly deleteAfterDays?: number;
  readonly coldAfterDays?: number;
}

/** A backup vault of the template. */
export interface Vault {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly keyArn?: string;
  readonly policy?: PolicyDocument;
  readonly lock?: { readonly minDays?: number; readonly maxDays?: number; readonly changeableForDays?: number };
}

export interface CopyAction extends Lifecycle {
  readonly vaultArn: string;
}

/** One rule of a plan. */
export interface PlanRule extends Lifecycle {
  readonly name: string;
  readonly vault: string;
  readonly schedule: string;
  readonly continuous: boolean;
  readonly copies: readonly CopyAction[];
}

export interface Plan {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly rules: readonly PlanRule[];
}

/** What a plan takes, and in which role. */
export interface Selection {
  readonly id: string;
  readonly planId: string;
  readonly name: string;
  readonly region: string;
  readonly roleArn: string;
  readonly resources: readonly string[];
}

export interface TestingPlan {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly schedule: string;
  readonly vaultArns: readonly string[];
  readonly windowDays: number;
}

export interface TestingSelection {
  readonly name: string;
  readonly planName: string;
  readonly region: string;
  readonly roleArn: string;
  readonly resourceType: ResourceType;
  readonly resourceArns: readonly string[];
  readonly validationHours: number;
}

export type ResourceType = 'S3' | 'DynamoDB';

/** A backup: of one instant, or continuous since one. */
export interface RecoveryPoint {
  readonly arn: string;
  readonly region: string;
  readonly vaultName: string;
  readonly resourceArn: string;
  readonly resourceType: ResourceType;
  readonly continuous: boolean;
  /** The instant whose state it holds; of a continuous one the earliest. Milliseconds since the epoch. */
  readonly atMs: number;
  /** When it was made here, which of a copy is later. */
  readonly createdMs: number;
  readonly lifecycle: Lifecycle;
  readonly roleArn: string;
  readonly bytes: number;
  /** The vault of which this is a copy. */
  readonly sourceVaultArn?: string;
  readonly planId?: string;
  readonly ruleName?: string;
}

export type JobKind = 'backup' | 'copy' | 'restore';

/** A job; what only some kinds have is optional. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly region: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'ABORTED';
  readonly message?: string;
  readonly createdMs: number;
  readonly completedMs?: number;
  readonly resourceArn: string;
  readonly resourceType: ResourceType;
  readonly roleArn: string;
  readonly recoveryPointArn?: string;
  readonly vaultArn?: string;
  readonly sourceVaultArn?: string;
  readonly bytes?: number;
  readonly createdResourceArn?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly planId?: string;
  readonly ruleName?: string;
  readonly testingPlanArn?: string;
  readonly validationStatus?: 'VALIDATING' | 'SUCCESSFUL' | 'FAILED' | 'TIMED_OUT';
  readonly validationMessage?: string;
  /** When what a restore test made is removed. */
  readonly removeAtMs?: number;
  readonly removed?: boolean;
}
