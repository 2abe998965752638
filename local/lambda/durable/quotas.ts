/** AWS's limits for one durable execution. */
export const durableQuotas = {
  /** Operations of an execution, its own included. */
  operations: 3_000,
  /** What all payloads of an execution may take together. */
  storedBytes: 104_857_600,
  /** The payload of one update of a checkpoint. */
  payloadBytes: 262_144,
  /** Updates of one checkpoint. */
  updates: 1_000,
  /** The longest wait, delay or timeout: a year. */
  seconds: 31_622_400,
} as const;

/** What an invocation or an answer carries of the state at most; the rest is fetched by markers. */
export const maxStateBytes = 4_194_304;
