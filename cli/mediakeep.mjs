#!/usr/bin/env node
// Starts the command line on the Node that this package pins, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const flags = ['--disable-warning=ExperimentalWarning'];
// A command handles little beside the content itself, and what the platform's requests need is soon forgotten: V8's own size
// for young objects would take a command 30 MB more and the platform 100; and left to itself, it lets the platform's old ones grow to
// three times what is alive.
if (process.argv.includes('local')) flags.push('--max-semi-space-size=4', '--heap-growing-percent=60');
else flags.push('--max-semi-space-size=1');
// Compiled code is kept between runs: without it every run compiles anew, with 30 MB more memory and in twice the time.
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mediakeep');

if (existsSync(pinned)) startOn(pinned);
else if (process.features.typescript === 'strip') startOn(process.execPath);
else {
  console.error(
    `mediakeep needs Node 24; this is ${process.version}. Run \`npm ci\` in its folder, which brings it along.`,
  );
  process.exitCode = 69;
}

function startOn(node) {
  const args = [...flags, main, ...process.argv.slice(2)];
  // The allocator of Linux keeps memory for each of a dozen threads unless told otherwise: 80 MB of what the platform takes.
  const env = { NODE_COMPILE_CACHE: cache, MALLOC_ARENA_MAX: '2', ...process.env };
  if (process.platform === 'win32' || process.execve === undefined) startBeside(node, args, env);
  else process.execve(node, [node, ...args], env);
}

/** Where a process cannot become another one. */
function startBeside(node, args, env) {
  // The channel tells the command when this process is gone, also where it could not say so any more.
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`mediakeep cannot start ${node}: ${error.message}`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
