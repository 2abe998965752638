import * as z from 'zod';
import { invalidParameter } from '../lambda-error.ts';
import { durableQuotas } from './quotas.ts';

const text = (most: number) => z.string().max(most).nullish();
const seconds = (least: number) => z.int().min(least).max(durableQuotas.seconds).nullish();

/** An error as executions and their operations keep it. */
export const ErrorObject = z.object({
  ErrorMessage: z.string().nullish(),
  ErrorType: z.string().nullish(),
  ErrorData: z.string().nullish(),
  StackTrace: z.array(z.string()).nullish(),
});
export type ErrorObject = z.infer<typeof ErrorObject>;

/** One change of a checkpoint. */
export const OperationUpdate = z.object({
  Id: z.string().min(1).max(64),
  ParentId: text(64),
  Name: text(256),
  Type: z.enum(['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE']),
  SubType: text(32),
  Action: z.enum(['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL']),
  Payload: z.string().nullish(),
  Error: ErrorObject.nullish(),
  ContextOptions: z.object({ ReplayChildren: z.boolean().nullish() }).nullish(),
  StepOptions: z.object({ NextAttemptDelaySeconds: seconds(1) }).nullish(),
  WaitOptions: z.object({ WaitSeconds: seconds(1) }).nullish(),
  CallbackOptions: z.object({ TimeoutSeconds: seconds(0), HeartbeatTimeoutSeconds: seconds(0) }).nullish(),
  ChainedInvokeOptions: z.object({ FunctionName: z.string().min(1).max(170) }).nullish(),
});
export type OperationUpdate = z.infer<typeof OperationUpdate>;

export const CheckpointRequest = z.object({
  CheckpointToken: z.string().min(1),
  ClientToken: z.string().nullish(),
  Updates: z.array(OperationUpdate).max(durableQuotas.updates).nullish(),
});
export type CheckpointRequest = z.infer<typeof CheckpointRequest>;

/** What a durable function answers to an invocation. */
export const InvocationOutput = z.discriminatedUnion('Status', [
  z.object({ Status: z.literal('SUCCEEDED'), Result: z.string().nullish() }),
  z.object({ Status: z.literal('FAILED'), Error: ErrorObject.nullish() }),
  z.object({ Status: z.literal('PENDING') }),
]);
export type InvocationOutput = z.infer<typeof InvocationOutput>;

/** Reads what a request says, or refuses it with the first thing that is wrong. */
export const parseRequest = <Value>(schema: z.ZodType<Value>, body: string): Value => {
  const result = schema.safeParse(jsonOf(body));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw invalidParameter(`${issue?.path.join('.') || 'The request'}: ${issue?.message ?? 'is not valid'}`);
};

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw invalidParameter('The request body is no JSON.');
  }
};
