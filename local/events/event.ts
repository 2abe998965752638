/** Something that a service tells: what happened, where, to what. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly region: string;
  /** ARNs of what it happened to. @default none */
  readonly resources?: readonly string[];
}

/** The event as rules and targets see it. */
export interface EnvelopedEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}
