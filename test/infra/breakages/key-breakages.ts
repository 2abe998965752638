import type { Breakage } from './broken-templates.ts';
import { allow, bucket, key, sidOf } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/key-rules.ts have to see. */
export const keys: readonly Breakage[] = [
  {
    rule: 'C30',
    title: 'a key for ever',
    spoil: (t) => {
      key(t).EnableKeyRotation = false;
    },
  },
  {
    rule: 'C31',
    title: 'a key for everybody',
    spoil: (t) => {
      key(t).KeyPolicy.Statement.push({ ...allow('kms:Decrypt', '*'), Principal: '*' });
    },
  },
  {
    rule: 'C32',
    title: 'a key gone in a week',
    spoil: (t) => {
      key(t).PendingWindowInDays = 7;
    },
  },
  {
    rule: 'C33',
    title: 'kms:* in one statement',
    spoil: (t) => {
      key(t).KeyPolicy.Statement[0].Action = 'kms:*';
    },
  },
  {
    rule: 'C34',
    title: 'Decrypt from anywhere',
    spoil: (t) => {
      delete sidOf(key(t).KeyPolicy.Statement, 'UseThroughServices').Condition;
    },
  },
  {
    rule: 'C35',
    title: 'one key for vault and audit',
    spoil: (t) => {
      bucket(t, 'Audit').BucketEncryption = bucket(t).BucketEncryption;
    },
  },
  {
    rule: 'C36',
    title: 'a multi-region key',
    spoil: (t) => {
      key(t).MultiRegion = true;
    },
  },
];
