import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment } from './fake-deployment.ts';
import { environment, newFolder, runCli } from './run-cli.ts';

/** A folder with these files; each holds its own name. */
export const folderWith = (...paths: string[]): string => {
  const folder = newFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  return folder;
};

/** Uploads as JSON into the class of raw sound. */
export const upload = (deployment: Deployment, ...argv: string[]) =>
  runCli(['upload', '--class', 'raw-audio', ...argv, '--json'], { env: environment(deployment.url) });

/** What became of each file, as the command said. */
export const resultsOf = (stdout: string): { path: string; state: string; failure?: { message: string } }[] =>
  stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** The facts of the uploads that were begun. */
export const begun = ({ uploads }: Deployment) => [...uploads.uploads.values()].map(({ facts }) => facts);
