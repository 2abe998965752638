import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../cli/doctor/configuration.ts';
import { look } from '../../cli/doctor/look.ts';

const root = resolve(import.meta.dirname, '../..');
const files = ['check-deployment.ts', 'check-classes.ts', 'statutes.ts', 'regions.ts'];
let projectDir: string;
beforeAll(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'mediakeep-configuration-'));
  mkdirSync(join(projectDir, 'config'));
  // The rules are the project's own; only the deployer's file is another.
  for (const file of files) symlinkSync(join(root, 'config', file), join(projectDir, 'config', file));
});
afterAll(() => rmSync(projectDir, { recursive: true, force: true }));

const write = (text: string): void => writeFileSync(join(projectDir, 'config/mediakeep.config.ts'), text);
const withName = (name: string): string =>
  `import { deployment as own } from '${join(root, 'config/mediakeep.config.ts')}';
   export { classes, statutes } from '${join(root, 'config/mediakeep.config.ts')}';
   export const deployment = { ...own, name: ${JSON.stringify(name)} };`;

describe('the configuration, as the doctor reads it', () => {
  it('is read with what the account has to have for it', async () => {
    const { finding, configured } = await checkConfiguration(root);

    expect(finding.judgement).toBe('ok');
    expect(configured).toMatchObject({ homeRegion: 'ap-south-1', secondRegion: 'ap-south-2', reserved: 0 });
  });

  it('that is missing, half written or begins with a byte order mark is named', async () => {
    const missing = await checkConfiguration(join(projectDir, 'nowhere'));
    write(`\uFEFF${withName('good-name')}`);
    const marked = await checkConfiguration(projectDir);
    write('export const deployment = { name: ');
    const partial = await checkConfiguration(projectDir);

    expect(missing.finding).toMatchObject({ judgement: 'failed', found: expect.stringContaining('ENOENT') });
    expect(marked.finding).toMatchObject({ judgement: 'failed', found: expect.stringContaining('byte order mark') });
    expect(partial.finding).toMatchObject({ judgement: 'failed', found: expect.stringContaining('SyntaxError') });
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template would take for a reference
  it.each(['keep-${AWS::AccountId}', 'Fn::GetAZs', 'a', 'keep--it'])('refuses the name %s', async (name) => {
    write(withName(name));
    const { finding, configured } = await checkConfiguration(projectDir);

    expect(finding).toMatchObject({
      judgement: 'failed',
      found: expect.stringContaining('3 to 20 lower-case letters'),
    });
    expect(configured).toBeUndefined();
  });
});

describe('a check that cannot be made', () => {
  it('is unknown, with the reason and what to do, never ok', async () => {
    const refused = Object.assign(new Error('not yours'), { name: 'AccessDeniedException' });

    expect(await look('alarms', () => Promise.reject(refused))).toEqual([
      {
        check: 'alarms',
        judgement: 'unknown',
        found: 'it could not be looked at: AccessDeniedException: not yours',
        todo: expect.stringContaining('administrator'),
      },
    ]);
  });
});
