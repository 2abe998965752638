import { readFileSync } from 'node:fs';

/** Ends with an error unless this very process runs on the Node that package.json pins. */
const pinned: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).devDependencies
  .node;

if (process.version !== `v${pinned}`) {
  console.error(
    `Node ${process.version} runs, v${pinned} is pinned. Run \`npm ci\` (install scripts allowed) and start through npm.`,
  );
  process.exitCode = 1;
}
