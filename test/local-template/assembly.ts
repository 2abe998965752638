import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ResourceProvider, TemplateResource } from '../../local/aws/service.ts';
import type { DeployOptions } from '../../local/template/deploy.ts';
import { deployApp } from '../../local/template/deploy.ts';
import { createSsmParameters } from '../../local/template/ssm-parameters.ts';

/** A stack of a handwritten cloud assembly. */
export interface StackFixture {
  readonly template: Record<string, unknown>;
  readonly region?: string;
  readonly dependencies?: readonly string[];
}

/** Writes a cloud assembly with these stacks and answers its folder. */
export const writeAssembly = (stacks: Readonly<Record<string, StackFixture>>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'mediakeep-assembly-'));
  const artifacts: Record<string, unknown> = {};
  for (const [name, { template, region = 'ap-south-1', dependencies = [] }] of Object.entries(stacks)) {
    writeFileSync(join(dir, `${name}.template.json`), JSON.stringify(template));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: `aws://unknown-account/${region}`,
      properties: { templateFile: `${name}.template.json` },
      dependencies,
    };
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return dir;
};

/** A provider of queues and the like that remembers what it was asked to create. */
export const fakeProvider = (type: string, created: TemplateResource[] = []): ResourceProvider => ({
  type,
  create(resource) {
    created.push(resource);
    const arn = `arn:aws:test:${resource.region}:${resource.accountId}:${resource.generatedName}`;
    return { ref: resource.generatedName, attributes: { Arn: arn } };
  },
});

/** Deploys an assembly with fake providers of the given types. */
export const deploy = async (
  assemblyDir: string,
  {
    types = ['Test::A'],
    db = new DatabaseSync(':memory:'),
    ...more
  }: Partial<DeployOptions> & { types?: string[] } = {},
) => {
  const created: TemplateResource[] = [];
  const ssm = createSsmParameters();
  const app = await deployApp({
    assemblyDir,
    providers: [...types.map((type) => fakeProvider(type, created)), ...ssm.providers],
    accountId: '000000000000',
    defaultRegion: 'ap-south-1',
    findSsmParameter: ssm.find,
    db,
    ...more,
  });
  return { app, created };
};

/** Deploys one stack of this template. */
export const deployTemplate = async (template: Record<string, unknown>, more: Parameters<typeof deploy>[1] = {}) =>
  await deploy(writeAssembly({ app: { template } }), more);

/** A resource of the fake type. */
export const resource = (Properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  Type: 'Test::A',
  Properties,
  ...more,
});

/** The order in which resources were created. */
export const logicalIdsOf = (created: readonly TemplateResource[]): string[] =>
  created.map(({ logicalId }) => logicalId);
