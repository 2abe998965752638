import { AwsError } from '../aws/aws-error.ts';
import type { Caller, RequestContext } from '../aws/caller.ts';
import { callerContext, type ServiceSource, serviceCaller, serviceContext } from '../aws/caller-context.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Sns } from '../sns/sns.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { Credentials } from '../sts/credentials.ts';

/** Where an event or a schedule goes. */
export interface Target {
  readonly arn: string;
  /** The role to act as; without one the target's own policy has to admit the service. */
  readonly roleArn?: string;
  /** Takes what the target did not. */
  readonly deadLetterArn?: string;
}

export interface TargetDeps {
  readonly lambda: Pick<Lambda, 'accept'>;
  readonly sqs: Pick<Sqs, 'send' | 'deliver'>;
  readonly sns: Pick<Sns, 'publishFor'>;
  readonly credentials: Pick<Credentials, 'roles'>;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

interface Actor {
  readonly caller: Caller;
  readonly context: RequestContext;
}

/** Hands input to a target; where that fails, to its dead-letter queue, and where that fails too, to the log. */
export const deliver = (deps: TargetDeps, target: Target, source: ServiceSource, input: string): void => {
  try {
    hand(deps, target, source, input);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    deps.log(`${source.arn} could not reach ${target.arn}: ${error.code}: ${error.message}`);
    if (target.deadLetterArn !== undefined)
      bury(deps, { ...target, arn: target.deadLetterArn }, source, { input, error });
  }
};

const hand = (deps: TargetDeps, target: Target, source: ServiceSource, input: string): void => {
  const { arn } = target;
  const actor = actorOf(deps, target, source);
  if (arn.startsWith('arn:aws:lambda:')) deps.lambda.accept(arn, JSON.parse(input), actor);
  else if (arn.startsWith('arn:aws:sns:'))
    deps.sns.publishFor({ ...actor, source: source.arn }, arn, { message: input });
  else if (arn.startsWith('arn:aws:sqs:')) send(deps, target, source, { body: input });
  else throw new AwsError('ValidationException', 400, `Only functions, queues and topics are targets, not ${arn}.`);
};

const actorOf = ({ credentials, now }: TargetDeps, { roleArn }: Target, source: ServiceSource): Actor => {
  if (roleArn === undefined) return { caller: serviceCaller(source), context: serviceContext(source, now()) };
  credentials.roles.refuseUnlessAssumable(roleArn, source.service, groupArn(source.arn));
  const caller = credentials.roles.sessionCaller(roleArn, source.service.split('.')[0] ?? 'events');
  return { caller, context: callerContext(caller, now()) };
};

/** EventBridge Scheduler takes a role for the group of a schedule, a rule for itself. */
const groupArn = (arn: string): string => arn.replace(/:schedule\/([^/]+)\/[^/]+$/, ':schedule-group/$1');

type Message = Parameters<Sqs['send']>[1];

const send = (
  deps: TargetDeps,
  target: Target,
  source: ServiceSource,
  { body, attributes }: Pick<Message, 'body' | 'attributes'>,
): void => {
  if (target.roleArn === undefined) {
    deps.sqs.deliver(target.arn, body, source);
  } else {
    const { caller } = actorOf(deps, target, source);
    deps.sqs.send(target.arn, { body, ...(attributes && { attributes }), caller });
  }
};

const bury = (
  deps: TargetDeps,
  target: Target,
  source: ServiceSource,
  { input, error }: { input: string; error: AwsError },
): void => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const attributes = {
    ERROR_CODE: text(error.code),
    ERROR_MESSAGE: text(error.message.slice(0, 1024)),
    TARGET_ARN: text(target.arn),
  };
  try {
    send(deps, target, source, { body: input, attributes });
  } catch (failure) {
    if (!(failure instanceof AwsError)) throw failure;
    deps.log(`${source.arn} lost what ${target.arn} did not take: ${failure.code}: ${failure.message}`);
  }
};
