import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Finding, failed, ok } from '../../core/doctor/finding.ts';

/** Of what the deployer decided, what the doctor needs. */
export const Configured = z.object({
  name: z.string(),
  homeRegion: z.string(),
  secondRegion: z.string(),
  /** What has to be done in the account first. */
  enable: z.string(),
  reserved: z.number(),
});
export type Configured = z.infer<typeof Configured>;

const run = promisify(execFile);
const file = 'config/mediakeep.config.ts';

/** Checks the configuration as synthesis does; in a process of its own, because it is the deployer's code. */
const script = `
const { checkDeployment } = await import('./config/check-deployment.ts');
const { checkClasses } = await import('./config/check-classes.ts');
const { checkStatutes } = await import('./config/statutes.ts');
const { whatHasToBeEnabled } = await import('./config/regions.ts');
const config = await import('./${file}');
const deployment = checkDeployment(config.deployment);
checkStatutes(config.statutes, checkClasses(config.classes));
const { name, homeRegion, secondRegion, concurrency } = deployment;
const reserved = Object.values(concurrency).reduce((sum, one) => sum + (one.reserved ?? 0), 0);
const enable = whatHasToBeEnabled([homeRegion, secondRegion]);
console.log(JSON.stringify({ name, homeRegion, secondRegion, enable, reserved }));`;

/** Reads and checks the configuration of the project in this folder. */
export const checkConfiguration = async (
  projectDir: string,
): Promise<{ readonly finding: Finding; readonly configured?: Configured }> => {
  const bad = (found: string, todo: string) => ({ finding: failed('configuration', found, todo) });
  let text: string;
  try {
    text = readFileSync(join(projectDir, file), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return bad(`${file} cannot be read (${code})`, 'Run this in the folder of the project, or name it by --project');
  }
  if (text.startsWith('\uFEFF')) return bad(`${file} begins with a byte order mark`, 'Save it as UTF-8 without BOM');
  if (text.includes('\0')) return bad(`${file} is no text in UTF-8`, 'Save it as UTF-8');
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: projectDir });
    const configured = Configured.parse(JSON.parse(stdout));
    return { finding: ok('configuration', `${file} keeps all rules`), configured };
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return bad(reasonOf(told), `Correct ${file}; each field is explained in config/deployment.ts`);
  }
};

/** The message of what was thrown, without the source before it and the stack behind it. */
const reasonOf = (stderr: string): string => {
  const lines = stderr.split('\n');
  const start = lines.findIndex((line) => /^(\w*Error\b|.*\bError:)/.test(line));
  const message = lines.slice(Math.max(0, start));
  const end = message.findIndex((line) => /^ {4}at /.test(line));
  return message
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim();
};
