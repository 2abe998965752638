import * as z from 'zod';
import { AwsError } from './aws-error.ts';

/** One way in which requests of functions are to fail, to see that nothing is lost by it. */
export const FaultRule = z.strictObject({
  /** `s3`, `dynamodb`, `sqs`, `kms`, … */
  service: z.string(),
  /** Only requests of this operation: `HeadObject`, `TransactWriteItems`, … */
  operation: z.string().optional(),
  /** Only requests of the function with this name. */
  caller: z.string().optional(),
  /** `throttle` and `error` answer so before anything is done; `reset` cuts the connection instead; `lost-answer` does the work and then cuts. */
  kind: z.enum(['throttle', 'error', 'reset', 'lost-answer']),
  /** From 0 to 1. */
  probability: z.number().min(0).max(1),
  /** How often it strikes at most. */
  times: z.int().positive().optional(),
});
export type FaultRule = z.infer<typeof FaultRule>;

/** What a request asks, and who does. */
export interface Strikable {
  readonly service: string;
  readonly operation: string;
  readonly caller: string;
}

/** The faults in force. */
export interface Faults {
  set(rules: readonly FaultRule[]): void;
  /** How often a fault has struck since the rules were set. */
  struck(): number;
  /**
   * Strikes a request or lets it pass. Throws an {@link AwsError} for a refusal; answers `cut` where the connection is to be
   * cut at once and `cut-after` where that is to happen in place of the answer.
   */
  strike(request: Strikable): 'pass' | 'cut' | 'cut-after';
}

export const createFaults = (random: () => number): Faults => {
  let rules: { rule: FaultRule; left: number }[] = [];
  let count = 0;
  return {
    set(next) {
      rules = next.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
      count = 0;
    },
    struck: () => count,
    strike(request) {
      const found = rules.find(({ rule, left }) => left > 0 && matches(rule, request) && random() < rule.probability);
      if (found === undefined) return 'pass';
      found.left -= 1;
      count += 1;
      return effectOf(found.rule, request.service);
    },
  };
};

const matches = (rule: FaultRule, { service, operation, caller }: Strikable): boolean =>
  rule.service === service &&
  (rule.operation === undefined || rule.operation === operation) &&
  (rule.caller === undefined || rule.caller === caller);

const effectOf = ({ kind }: FaultRule, service: string): 'cut' | 'cut-after' => {
  if (kind === 'throttle') throw throttled(service);
  if (kind === 'error') throw new AwsError('InternalError', 500, 'We encountered an internal error. Please try again.');
  return kind === 'reset' ? 'cut' : 'cut-after';
};

const throttled = (service: string): AwsError =>
  service === 's3'
    ? new AwsError('SlowDown', 503, 'Please reduce your request rate.')
    : new AwsError('ThrottlingException', 400, 'Rate exceeded');
