import { regionIsDown } from '../regions.ts';
import type { Caller } from './caller.ts';
import type { Faults } from './faults.ts';
import type { RequestTally } from './request-tally.ts';
import { callerName } from './request-tally.ts';

/** A request whose signature is right, before its service hears of it. */
export interface ArrivedRequest {
  readonly caller: Caller;
  /** `s3`, `dynamodb`, … */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
}

/**
 * Lets a request in, whichever way it came: its region must be there, it is counted, and a fault may strike it. Throws the
 * AwsError of a refusal; answers as {@link Faults.strike} does.
 */
export type Admit = (request: ArrivedRequest) => ReturnType<Faults['strike']>;

export interface AdmissionDeps {
  /** True for a region that is lost. */
  readonly isDown: (region: string) => boolean;
  /** Counts what is asked. */
  readonly tally: RequestTally;
  /** What is to go wrong with the requests of functions. */
  readonly faults: Faults;
}

export const createAdmission =
  ({ isDown, tally, faults }: AdmissionDeps): Admit =>
  ({ caller, service, operation, region }) => {
    if (isDown(region)) throw regionIsDown(region);
    tally.count(caller, service, operation);
    return caller.kind === 'role' ? faults.strike({ service, operation, caller: callerName(caller) }) : 'pass';
  };
