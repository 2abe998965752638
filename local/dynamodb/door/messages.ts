import type { RequestContext } from '../../aws/caller.ts';
import type { Credentials } from '../../sigv4/index.ts';
import type { ItemsPlace } from '../carrier.ts';

/** What the door's thread is started with. */
export interface DoorStart {
  /** One Float64: milliseconds by which the platform's clock is ahead of the machine's. */
  readonly clockOffset: SharedArrayBuffer;
}

/** A request whose signature is right. */
export interface DoorRequest {
  readonly kind: 'request';
  readonly accessKeyId: string;
  readonly region: string;
  readonly baseContext: RequestContext;
  /** `DynamoDB_20120810.PutItem` */
  readonly target: string;
  readonly text: string;
}

/** What the door asks the platform; the secret of an access key only once, as it never changes. */
export type DoorQuestion = DoorRequest | { readonly kind: 'key'; readonly accessKeyId: string };

/** What is to become of a request. */
export type DoorVerdict =
  | { readonly kind: 'refused'; readonly error: PlainError }
  | { readonly kind: 'cut' }
  | { readonly kind: 'answer'; readonly status: number; readonly text: string; readonly isLost: boolean }
  | {
      readonly kind: 'carry';
      readonly place: ItemsPlace;
      /** In the place of the text that came. */
      readonly text: string | undefined;
      /** The platform wants to know whether it succeeded. */
      readonly isWrite: boolean;
      readonly isLost: boolean;
    };

export type DoorReply = DoorVerdict | { readonly kind: 'key'; readonly credentials: Credentials | undefined };

/** An AwsError on its way between threads. */
export interface PlainError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

/** From the door's thread to the platform. */
export type FromDoor =
  | { readonly kind: 'open'; readonly port: number }
  | { readonly kind: 'question'; readonly id: number; readonly question: DoorQuestion }
  /** The end of a write that the platform let through, told before the writer has its answer. */
  | { readonly kind: 'carried'; readonly id: number; readonly succeeded: boolean };

/** From the platform to the door's thread. */
export interface ToDoor {
  readonly id: number;
  readonly reply: DoorReply;
}
