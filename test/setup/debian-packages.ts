import { spawnSync } from 'node:child_process';

/** The programs that tests drive, by the Debian package that brings each. */
const packages: Readonly<Record<string, string>> = { aws: 'awscli', rclone: 'rclone', s3cmd: 's3cmd' };

/** Installs what the tests drive and the machine lacks, where that is possible; otherwise says in one line what to install. */
export default (): void => {
  const missing = Object.entries(packages).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  const mayInstall = process.getuid?.() === 0 && isInstalled('apt-get');
  if (mayInstall && apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', ...names)) return;
  throw new Error(`The tests drive other S3 clients. Install them first: apt-get install -y ${names.join(' ')}`);
};

const isInstalled = (program: string): boolean => spawnSync('which', [program]).status === 0;

const apt = (...args: string[]): boolean =>
  spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ===
  0;
