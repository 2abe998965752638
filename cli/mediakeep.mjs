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
// for young objects would take a command 30 MB more and the platform 100.
flags.push(process.argv.includes('local') ? '--max-semi-space-size=4' : '--max-semi-space-size=1');
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
  const child = spawn(node, [...flags, main, ...process.argv.slice(2)], {
    // The channel tells the command when this process is gone, also where it could not say so any more.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { NODE_COMPILE_CACHE: cache, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`mediakeep cannot start ${node}: ${error.message}`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
