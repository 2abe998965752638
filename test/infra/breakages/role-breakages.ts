import type { Breakage } from './broken-templates.ts';
import { allow, role, rolePolicy } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/role-rules.ts have to see. */
export const roles: readonly Breakage[] = [
  {
    rule: 'C50b',
    title: 'an action with a star',
    spoil: (t) => {
      rolePolicy(t).push(allow('s3:Get*'));
    },
  },
  {
    rule: 'C50c',
    title: 'every resource',
    spoil: (t) => {
      rolePolicy(t).push(allow('dynamodb:GetItem', '*'));
    },
  },
  {
    rule: 'C55',
    title: 'a role for the account',
    spoil: (t) => {
      role(t).AssumeRolePolicyDocument.Statement[0].Principal = { AWS: '*' };
    },
  },
  {
    rule: 'C56',
    title: 'a role without boundary',
    spoil: (t) => {
      delete role(t).PermissionsBoundary;
    },
  },
  {
    rule: 'C57',
    title: 'an API that deletes versions',
    spoil: (t) => {
      rolePolicy(t).push(allow('s3:DeleteObjectVersion', 'arn:aws:s3:::mediakeep-vault-x/*'));
    },
  },
  {
    rule: 'C57',
    title: 'an intake that deletes versions of the vault',
    spoil: (t) => {
      rolePolicy(t, 'Intake').push(allow('s3:DeleteObjectVersion', 'arn:aws:s3:::mediakeep-vault-x/*'));
    },
  },
  {
    rule: 'C57',
    title: 'an undelete that deletes versions of the copies',
    spoil: (t) => {
      rolePolicy(t, 'Undelete').push(allow('s3:DeleteObjectVersion', 'arn:aws:s3:::mediakeep-vault-x-ap-south-2-an/*'));
    },
  },
  {
    rule: 'C57',
    title: 'a function that lifts locks',
    spoil: (t) => {
      rolePolicy(t, 'Undelete').push(allow('s3:BypassGovernanceRetention'));
    },
  },
  {
    rule: 'C59',
    title: 'a role that passes roles',
    spoil: (t) => {
      rolePolicy(t).push(allow('iam:PassRole'));
    },
  },
];
