import type { Breakage } from './broken-templates.ts';
import { add, lambda } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/function-rules.ts have to see. */
export const functions: readonly Breakage[] = [
  {
    rule: 'C47',
    title: 'an old runtime',
    spoil: (t) => {
      lambda(t).Runtime = 'nodejs20.x';
    },
  },
  {
    rule: 'C48',
    title: 'a default timeout',
    spoil: (t) => {
      delete lambda(t).Timeout;
    },
  },
  {
    rule: 'C48b',
    title: 'concurrency reserved by nobody',
    spoil: (t) => {
      lambda(t).ReservedConcurrentExecutions = 100;
    },
  },
  {
    rule: 'C49',
    title: 'a variable named secret',
    spoil: (t) => {
      lambda(t).Environment.Variables.CLIENT_SECRET = 'x';
    },
  },
  {
    rule: 'C49',
    title: 'a value like a key',
    spoil: (t) => {
      lambda(t).Environment.Variables.SEED = 'q7Zt1xW0pLk9VbN3mCs8JdR5';
    },
  },
  {
    rule: 'C50',
    title: 'a shared role',
    spoil: (t) => {
      lambda(t).Role = lambda(t, 'Api').Role;
    },
  },
  {
    rule: 'C52',
    title: 'no traces',
    spoil: (t) => {
      delete lambda(t).TracingConfig;
    },
  },
  {
    rule: 'C52',
    title: 'a log group that Lambda makes',
    spoil: (t) => {
      delete lambda(t).LoggingConfig;
    },
  },
  {
    rule: 'C53',
    title: 'a function URL',
    spoil: ({ service }) => add(service, 'Url', 'AWS::Lambda::Url', { AuthType: 'NONE' }),
  },
  {
    rule: 'C54',
    title: 'code by a moving name',
    spoil: (t) => {
      lambda(t).Code.S3Key = 'latest.zip';
    },
  },
];
