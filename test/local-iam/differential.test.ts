import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { authorizationRequest } from './policy-arbitraries.ts';
import { decide, decideBySimulator, spareIcu } from './simulator.ts';

describe('the embedded IAM decides as an independent simulator does', () => {
  beforeAll(spareIcu);

  const runs = Number(process.env['IAM_DIFFERENTIAL_RUNS'] ?? 3000);

  it('agrees on random policies and requests', { timeout: 60_000 + runs * 10 }, async () => {
    const outcomes = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(authorizationRequest, async (request) => {
        const outcome = decide(request);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(await decideBySimulator(request)).toEqual({ outcome, ignoredKeys: [] });
      }),
      { numRuns: runs },
    );

    for (const outcome of ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied']) {
      expect(outcomes.get(outcome)).toBeGreaterThan(runs / 20);
    }
  });
});
