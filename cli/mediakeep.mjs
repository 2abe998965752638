#!/usr/bin/env node
// Starts the command line on the Node that this package pins, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const quiet = '--disable-warning=ExperimentalWarning';

if (existsSync(pinned)) startOn(pinned);
else if (process.features.typescript === 'strip') startOn(process.execPath);
else {
  console.error(
    `mediakeep needs Node 24; this is ${process.version}. Run \`npm ci\` in its folder, which brings it along.`,
  );
  process.exitCode = 69;
}

function startOn(node) {
  // The channel tells the command when this process is gone, also where it could not say so any more.
  const child = spawn(node, [quiet, main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`mediakeep cannot start ${node}: ${error.message}`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
