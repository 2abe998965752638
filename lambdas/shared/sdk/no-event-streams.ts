/**
 * Stands in the bundles for the SDK's event streams: S3 and Lambda clients set them up for operations that stream records,
 * of which no function calls one.
 */
export const eventStreamSerdeProvider = (): unknown => undefined;

/** Leaves a client's configuration as it is. */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

/** What an operation with an event stream would use. */
export class EventStreamSerde {
  constructor() {
    throw new Error('Event streams are not part of the bundles; see `bin/bundle-plugins.ts`.');
  }
}
