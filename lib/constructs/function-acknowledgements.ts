import type { Acknowledgement } from './acknowledge.ts';

/** What the public packs say of every function of ours, and why it does not fit. */
export const functionAcknowledgements: readonly Acknowledgement[] = [
  {
    ids: ['AwsSolutions-IAM5[Resource::*]'],
    reason:
      'X-Ray and the listing of streams have no resources to name; the statements with `*` hold those actions only',
  },
  {
    ids: ['NIST.800.53.R5-IAMNoInlinePolicy', 'HIPAA.Security-IAMNoInlinePolicy'],
    reason: 'The policy belongs to one role and goes with it; nobody else may attach it',
  },
  {
    ids: ['NIST.800.53.R5-LambdaConcurrency', 'HIPAA.Security-LambdaConcurrency'],
    reason:
      'A new account has ten executions, none of which can be reserved; queue mappings bound the consumers, throttles the API',
  },
  {
    ids: ['NIST.800.53.R5-LambdaDLQ', 'HIPAA.Security-LambdaDLQ', 'Serverless-LambdaDLQ'],
    reason: 'Never invoked asynchronously: a queue with dead letters or a waiting caller stands before it',
  },
  {
    ids: ['Serverless-LambdaEventSourceMappingDestination'],
    reason: 'The queue itself has a dead-letter queue, which takes what fails five times',
  },
  {
    ids: ['NIST.800.53.R5-LambdaInsideVPC', 'HIPAA.Security-LambdaInsideVPC'],
    reason:
      'It talks to AWS services alone, over TLS and with its own role; a VPC would add endpoints that run all day and no wall',
  },
];
