import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

interface Outcome {
  readonly refused: boolean;
  readonly findings: readonly string[];
  readonly acknowledged: readonly Readonly<Record<string, string>>[];
}

/** The validator needs the switch that the other tests turn off, and a process that it may fill. */
const validate = async (): Promise<{ clean: Outcome; spoiled: Outcome }> => {
  const { CDK_VALIDATION: _, ...environment } = process.env;
  const script = join(import.meta.dirname, 'validate-app.ts');
  // Threads that collect garbage side by side cost more than they save where other tests want the cores.
  const { stdout } = await run(process.execPath, ['--single-threaded-gc', script], {
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout.split('\n@@').at(-1) ?? '');
};

describe('the public packs, the validator and our own rules', () => {
  let clean: Outcome;
  let spoiled: Outcome;

  beforeAll(async () => {
    ({ clean, spoiled } = await validate());
  }, 180_000);

  it('find nothing that is not explained', () => {
    expect(clean.findings).toEqual([]);
    expect(clean.refused).toBe(false);
  });

  it('stop the synthesis of a bucket that nobody explained', () => {
    expect(spoiled.refused).toBe(true);
    expect(spoiled.findings).toContain('Mediakeep: Mediakeep-C01');
    expect(spoiled.findings).toContain('AwsSolutions: AwsSolutions-S10');
    expect(spoiled.findings).toContain('HIPAA.Security: HIPAA.Security-S3BucketVersioningEnabled');
  });

  it('are answered with a reason, an owner and an end that has not come', () => {
    const reasons = clean.acknowledged.flatMap((rules) => Object.values(rules));
    const today = new Date().toISOString().slice(0, 10);

    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) {
      const { owner, until } =
        /^.{30,} \[owner: (?<owner>\w+); until: (?<until>\d{4}-\d{2}-\d{2})\]$/.exec(reason)?.groups ?? {};
      expect(owner, reason).toBeDefined();
      expect(until && until >= today, `${reason} has ended: look at the finding again`).toBe(true);
    }
  });
});
