import { describe, expect, it } from 'vitest';
import { createGate, gateTtlMs } from '../../lambdas/api/gate.ts';

const gateWith = (answers: (boolean | Error)[]) => {
  let now = 1_000_000;
  let asked = 0;
  const gate = createGate(
    async () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer ?? false;
    },
    { now: () => now },
  );
  return { gate, asked: () => asked, advance: (ms: number) => (now += ms) };
};

describe('the gate of the API', () => {
  it('refuses while a recovery of everything is unverified, and says when to try again', async () => {
    const { gate } = gateWith([true]);

    await expect(gate.requireOpen()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 60 });
  });

  it('asks once in ten seconds', async () => {
    const { gate, asked, advance } = gateWith([false]);

    await gate.requireOpen();
    advance(gateTtlMs - 1);
    await gate.requireOpen();
    expect(asked()).toBe(1);
    advance(1);
    await gate.requireOpen();
    expect(asked()).toBe(2);
  });

  it('opens by itself when the recovery has been verified', async () => {
    const { gate, advance } = gateWith([true, false]);

    await expect(gate.requireOpen()).rejects.toThrow('being recovered');
    advance(gateTtlMs);

    await expect(gate.requireOpen()).resolves.toBeUndefined();
  });

  it('refuses where nobody can be asked, and asks again next time', async () => {
    const { gate } = gateWith([new Error('down'), false]);

    await expect(gate.requireOpen()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    await expect(gate.requireOpen()).resolves.toBeUndefined();
  });
});
