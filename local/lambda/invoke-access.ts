import type { Authorize, Caller, RequestContext } from '../aws/caller.ts';
import type { ResolvedFunction } from './function-registry.ts';
import { throughLambda } from './lambda-error.ts';

/** Throws unless the caller may do the action on the function; an invocation by default. */
export type InvokeAccess = (
  requester: { readonly caller: Caller; readonly context: RequestContext },
  target: Pick<ResolvedFunction, 'config' | 'invokedArn' | 'policy'>,
  action?: string,
) => void;

export const createInvokeAccess =
  (authorize: Authorize): InvokeAccess =>
  ({ caller, context }, { config, invokedArn, policy }, action = 'lambda:InvokeFunction') => {
    try {
      authorize({
        caller,
        action,
        resource: invokedArn,
        resourceAccountId: config.accountId,
        ...(policy !== undefined && { resourcePolicy: policy }),
        context,
        region: config.region,
      });
    } catch (error) {
      throw throughLambda(error);
    }
  };
