import { spawnSync } from 'node:child_process';

/** True where the machine has the command. */
export const hasCommand = (name: string): boolean => spawnSync('which', [name]).status === 0;

/** CPU time that a command and its children take, in seconds; throws an Error if it fails. */
export const cpuSeconds = (command: readonly string[], env: Readonly<Record<string, string>>): number => {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (status !== 0) throw new Error(`${command[0]} failed:\n${stderr}`);
  return user + system;
};
