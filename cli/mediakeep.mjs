#!/usr/bin/env node
// Starts the command line on the Node that this package pins, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const runsTypeScript = 'strip' === createRequire(import.meta.url)('node:process').features.typescript;
const node = existsSync(pinned) ? pinned : process.execPath;

if (node === process.execPath && !runsTypeScript) {
  console.error(
    `mediakeep needs Node 24; this is ${process.version}. Run \`npm ci\` in its folder, which brings it along.`,
  );
  process.exit(69);
}
if (node === process.execPath) await import(main);
else {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
}
