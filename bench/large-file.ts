import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildPlatform } from './child-platform.ts';
import { startChild } from './child-platform.ts';
import { cliMain, launcher, projectDir } from './child-process.ts';
import type { Bench, Measurement } from './measurement.ts';
import { atMost } from './measurement.ts';
import { cpuSeconds, hasCommand } from './peer-commands.ts';
import { peakBytes } from './processes.ts';

const gib = Number(process.env['BENCH_GIB'] ?? 4);

/** One large file through the command line. */
const largeFile: Bench = {
  name: 'large-file',
  about: `mediakeep upload of ${gib} GiB, and what a kill costs`,
  async run() {
    await using platform = await startChild();
    using files = scratchFolder();
    const first = files.make('first.bin', gib);
    const { peak } = await watch(uploadCommand(platform, first, files.folder));
    return [
      { what: 'most resident memory of the upload', value: peak / 1e6, unit: 'MB', bound: atMost(150) },
      ...(await killAndResume(platform, files)),
    ];
  },
};

/** CPU of the same transfer by others, in the same run against the same endpoint. */
const peers: Bench = {
  name: 'peers',
  about: 'CPU seconds per GiB sent, beside the AWS CLI and rclone',
  async run() {
    await using platform = await startChild();
    using files = scratchFolder();
    const { state } = platform;
    const file = files.make('peers.bin', 1);
    const env = {
      AWS_ACCESS_KEY_ID: state.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: state.admin.secretAccessKey,
      AWS_REGION: state.regions[0] ?? '',
      AWS_DEFAULT_REGION: state.regions[0] ?? '',
      RCLONE_CONFIG_KEEP_TYPE: 's3',
      RCLONE_CONFIG_KEEP_PROVIDER: 'Other',
      RCLONE_CONFIG_KEEP_ENV_AUTH: 'true',
      RCLONE_CONFIG_KEEP_ENDPOINT: state.endpoint,
      RCLONE_CONFIG_KEEP_REGION: state.regions[0] ?? '',
      RCLONE_CONFIG_KEEP_ACL: 'bucket-owner-full-control',
      RCLONE_CONFIG_KEEP_SERVER_SIDE_ENCRYPTION: 'aws:kms',
      AWS_CA_BUNDLE: '',
    };
    const own = cpuSeconds([process.execPath, launcher, ...uploadArguments(platform, file)], {
      XDG_STATE_HOME: files.folder,
    });
    const rows: Measurement[] = [{ what: 'mediakeep upload', value: own, unit: 's/GiB' }];
    const others: [string, string, string[]][] = [
      [
        'aws s3 cp',
        'aws',
        [
          'aws',
          '--endpoint-url',
          state.endpoint,
          's3',
          'cp',
          '--quiet',
          file,
          `s3://${state.buckets.scratch}/peers/aws`,
        ],
      ],
      [
        'rclone copyto',
        'rclone',
        ['rclone', 'copyto', '--s3-no-check-bucket', file, `keep:${state.buckets.scratch}/peers/rclone`],
      ],
    ];
    for (const [name, command, line] of others) {
      if (!hasCommand(command)) continue;
      const seconds = cpuSeconds(line, env);
      rows.push({ what: name, value: seconds, unit: 's/GiB' });
      rows.push({ what: `mediakeep upload : ${name}`, value: own / seconds, unit: '×' });
    }
    return rows;
  },
};

export const largeFileBenches: readonly Bench[] = [largeFile, peers];

const uploadArguments = ({ stateDir }: ChildPlatform, file: string): string[] => [
  '--json',
  '--state-dir',
  stateDir,
  'upload',
  file,
  '--class',
  'user-file',
  '--subject',
  'bench',
];

/** The command as people start it; with a counter the process behind it itself, so that a kill strikes what sends. */
const uploadCommand = (platform: ChildPlatform, file: string, stateHome: string, counter?: string) => {
  const program =
    counter === undefined ? [launcher] : ['--disable-warning=ExperimentalWarning', '--import', counter, cliMain];
  return spawn(process.execPath, [...program, ...uploadArguments(platform, file)], {
    cwd: projectDir,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: stateHome, COUNT_PARTS_FILE: join(stateHome, 'sent-parts') },
  });
};

/** Waits for the end and answers the most memory that the process had. */
const watch = async (child: ReturnType<typeof spawn>): Promise<{ peak: number }> => {
  let peak = 0;
  const ended = once(child, 'exit');
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, peakBytes(child.pid ?? 0));
    await Promise.race([sleep(50), ended]);
  }
  if (child.exitCode !== 0) throw new Error(`mediakeep upload ended with ${child.exitCode ?? child.signalCode}.`);
  return { peak };
};

const partBytes = 8 * 1024 ** 2;

/** Kills an upload somewhere, gives the same command again and counts the parts that were sent. */
const killAndResume = async (platform: ChildPlatform, files: ScratchFolder): Promise<Measurement[]> => {
  const file = files.make('second.bin', 1);
  const counter = join(import.meta.dirname, 'count-parts.ts');
  const killed = uploadCommand(platform, file, files.folder, counter);
  const parts = 1024 ** 3 / partBytes;
  const killAfter = Math.floor(parts * (0.2 + 0.6 * Math.random()));
  while (files.sentParts() < killAfter && killed.exitCode === null) await sleep(5);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await watch(uploadCommand(platform, file, files.folder, counter));
  return [
    { what: 'parts of the file', value: parts, unit: '' },
    { what: 'parts begun when it was killed', value: killAfter, unit: '' },
    { what: 'parts sent twice (3 in flight)', value: files.sentParts() - parts, unit: '', bound: atMost(3) },
  ];
};

interface ScratchFolder extends Disposable {
  readonly folder: string;
  /** A file of so many GiB that compresses to nothing less. */
  make(name: string, gib: number): string;
  /** How many parts the counter has seen begin. */
  sentParts(): number;
}

const scratchFolder = (): ScratchFolder => {
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-bench-files-'));
  return {
    folder,
    make(name, size) {
      const path = join(folder, name);
      const file = openSync(path, 'w');
      const block = randomBytes(16 * 1024 ** 2);
      for (let written = 0; written < size * 1024 ** 3; written += block.length) {
        block.writeDoubleBE(written, 0);
        writeSync(file, block);
      }
      return path;
    },
    sentParts() {
      try {
        return readFileSync(join(folder, 'sent-parts'), 'utf8').length;
      } catch {
        // Nothing has been sent yet.
        return 0;
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
};
