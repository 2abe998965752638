import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { simulate } from './model/simulate.ts';
import { proveSchedules } from './prove-schedules.ts';
import { wrongProtocols } from './wrong-protocols.ts';

const schedules = 100_000;
const searched = 20_000;

describe('the catalog agrees with the vault once everything is quiet', () => {
  it(`holds after each of ${schedules} schedules`, { timeout: 300_000 }, async () => {
    const threads = Math.min(4, availableParallelism());

    const counterexamples = await proveSchedules({ first: 1, count: schedules }, threads);

    expect(counterexamples).toEqual([]);
  });

  it.each(Object.keys(wrongProtocols))('does not hold for %s', { timeout: 120_000 }, async (name) => {
    const protocol = wrongProtocols[name];
    if (protocol === undefined) throw new Error(`There is no protocol ${name}.`);

    let seed = 0;
    let disagreements: readonly string[] = [];
    while (disagreements.length === 0 && seed < searched) disagreements = await simulate(++seed, protocol);

    expect(disagreements, `${searched} schedules`).not.toEqual([]);
  });

  it('lives through the same schedule again from the same seed', async () => {
    const seed = 60;
    const protocol = wrongProtocols['conflictIsDone'];
    if (protocol === undefined) throw new Error('There is no such protocol.');

    const answers = [await simulate(seed, protocol), await simulate(seed, protocol)];

    expect(answers[0]).toEqual(answers[1]);
  });
});
