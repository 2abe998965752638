/** Lambda's limits for the event of one invocation. */
export const maxPayloadBytes = { sync: 6_291_556, async: 262_144 };

/** Lambda's limit for the answer of a function. */
export const maxResponseBytes = 6_291_556;
