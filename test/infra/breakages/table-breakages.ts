import type { Breakage } from './broken-templates.ts';
import { catalog, subjectKeys } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/table-rules.ts have to see. */
export const tables: readonly Breakage[] = [
  {
    rule: 'C61',
    title: 'a catalog that cannot be wound back',
    spoil: (t) => {
      delete catalog(t).Replicas[0].PointInTimeRecoverySpecification;
    },
  },
  {
    rule: 'C61',
    title: 'erased keys that can be wound back for a week',
    spoil: (t) => {
      subjectKeys(t).PointInTimeRecoverySpecification.RecoveryPeriodInDays = 7;
    },
  },
  {
    rule: 'C62',
    title: 'a table with the key of AWS',
    spoil: (t) => {
      delete catalog(t).Replicas[0].SSESpecification;
    },
  },
  {
    rule: 'C63',
    title: 'a table without protection',
    spoil: (t) => {
      subjectKeys(t).DeletionProtectionEnabled = false;
    },
  },
  {
    rule: 'C67',
    title: 'rows of truth that vanish',
    spoil: (t) => {
      catalog(t).TimeToLiveSpecification.AttributeName = 'createdAt';
    },
  },
  {
    rule: 'C67',
    title: 'keys that vanish',
    spoil: (t) => {
      subjectKeys(t).TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    },
  },
  {
    rule: 'C99',
    title: 'a table that remembers for longer than an erasure may take',
    spoil: (t) => {
      catalog(t).Replicas[0].PointInTimeRecoverySpecification.RecoveryPeriodInDays = 36;
    },
  },
];
