import type { Caller } from './caller.ts';

/** How often somebody has asked for one operation since the platform began. */
export interface TalliedRequests {
  /** The function whose session signed, or the last part of another caller's ARN. */
  readonly caller: string;
  /** `s3`, `dynamodb`, … */
  readonly service: string;
  /** `HeadObject`, `TransactWriteItems`, … */
  readonly operation: string;
  readonly count: number;
}

/** Counts requests by caller and operation: what each access pattern costs can be read off it. */
export interface RequestTally {
  count(caller: Caller, service: string, operation: string): void;
  /** By caller, service and operation, in this order. */
  all(): readonly TalliedRequests[];
}

/** More kinds of requests than this are not told apart: paths with ids in them would fill the memory. */
const mostKinds = 1000;

export const createRequestTally = (): RequestTally => {
  const kinds = new Map<string, Omit<TalliedRequests, 'count'> & { count: number }>();
  return {
    count(caller, service, operation) {
      const name = callerName(caller);
      const id = `${name}\n${service}\n${operation}`;
      const kind = kinds.get(id);
      if (kind !== undefined) kind.count += 1;
      else if (kinds.size < mostKinds) kinds.set(id, { caller: name, service, operation, count: 1 });
    },
    all: () =>
      [...kinds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]): TalliedRequests => ({ ...kind })),
  };
};

/** Functions sign with a session that bears their name. */
export const callerName = ({ arn, kind }: Caller): string => arn.split('/').at(-1) || kind;
