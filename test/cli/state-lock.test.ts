import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { lockState } from '../../local/state-lock.ts';
import { newFolder, runCli } from './run-cli.ts';

describe('a state folder', () => {
  it('belongs to one at a time', () => {
    const folder = join(newFolder(), 'not', 'there', 'yet');

    const first = lockState(folder);
    const second = lockState(folder);
    first?.[Symbol.dispose]();
    using third = lockState(folder);

    expect(first).toBeDefined();
    expect(second).toBeUndefined();
    expect(third).toBeDefined();
  });

  it('is left alone by whoever starts while another does, and says what to do', async () => {
    const folder = newFolder();
    using _other = lockState(folder);

    const { code, stderr } = await runCli(['--state-dir', folder, 'local', 'start', '--port', '0']);

    expect(code).toBe(exitCodes.refused);
    expect(stderr).toMatch(/starting or stopping.*--state-dir/);
    expect(existsSync(join(folder, 'cdk.out'))).toBe(false);
  });
});
