import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssets } from './assets.ts';
import type { JsonRecord } from './json.ts';
import { isRecord, listAt, recordAt, textAt } from './json.ts';
import { dependencyOrder } from './order.ts';
import { TemplateError } from './template-error.ts';

/** A stack of a synthesized app. */
export interface StackArtifact {
  readonly stackName: string;
  /** Undefined for a stack that names none. */
  readonly region: string | undefined;
  readonly template: JsonRecord;
  /** Logical ids by construct path: `/mediakeep-data/Vault/Resource`. */
  readonly logicalIds: ReadonlyMap<string, string>;
  /** Where the file of an asset lies, by `{bucket}/{key}` with `${AWS::AccountId}` still in it. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads a cloud assembly (`cdk.out`): its stacks in the order in which they are deployed. */
export const readCloudAssembly = (assemblyDir: string): readonly StackArtifact[] => {
  const manifest = recordAt(readJson(assemblyDir, 'manifest.json'), 'manifest.json');
  const artifacts = new Map<string, JsonRecord>();
  for (const [id, artifact] of Object.entries(recordAt(manifest['artifacts'], 'artifacts'))) {
    artifacts.set(id, recordAt(artifact, id));
  }
  const order = dependencyOrder(
    [...artifacts.keys()],
    (id) => dependenciesOf(id, artifacts),
    'the artifacts of the app',
  );
  return order.flatMap((id) => {
    const artifact = artifacts.get(id) ?? {};
    if (artifact['type'] === 'cdk:cloud-assembly') {
      throw new TemplateError(`the stage ${id} is not supported: put its stacks directly under the app`);
    }
    return artifact['type'] === 'aws:cloudformation:stack' ? [readStack(assemblyDir, id, artifact, artifacts)] : [];
  });
};

const dependenciesOf = (id: string, artifacts: ReadonlyMap<string, JsonRecord>): string[] =>
  listAt(artifacts.get(id)?.['dependencies'] ?? [], `${id}.dependencies`)
    .map((dependency) => textAt(dependency, `${id}.dependencies`))
    .filter((dependency) => artifacts.has(dependency));

const readStack = (
  assemblyDir: string,
  id: string,
  artifact: JsonRecord,
  artifacts: ReadonlyMap<string, JsonRecord>,
): StackArtifact => {
  const properties = recordAt(artifact['properties'], id);
  return {
    stackName: textAt(properties['stackName'] ?? id, id),
    region: regionOf(textAt(artifact['environment'], `${id}.environment`)),
    template: recordAt(readJson(assemblyDir, textAt(properties['templateFile'], id)), id),
    logicalIds: logicalIdsOf(assemblyDir, artifact),
    assets: readAssets(
      assemblyDir,
      dependenciesOf(id, artifacts).flatMap((dependency) => assetManifestOf(assemblyDir, artifacts.get(dependency))),
    ),
  };
};

/** `aws://unknown-account/ap-south-1` */
const regionOf = (environment: string): string | undefined => {
  const region = environment.split('/').at(-1);
  return region === undefined || region === 'unknown-region' ? undefined : region;
};

/** The construct tree's paths stand in a file beside the manifest, in older assemblies in the manifest itself. */
const logicalIdsOf = (assemblyDir: string, artifact: JsonRecord): ReadonlyMap<string, string> => {
  const file = artifact['additionalMetadataFile'];
  const metadata = {
    ...recordAt(artifact['metadata'], 'metadata'),
    ...(typeof file === 'string' ? recordAt(readJson(assemblyDir, file), file) : {}),
  };
  const found = new Map<string, string>();
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of listAt(entries, path)) {
      if (!isRecord(entry) || entry['type'] !== 'aws:cdk:logicalId') continue;
      found.set(path, textAt(entry['data'], path));
    }
  }
  return found;
};

const assetManifestOf = (assemblyDir: string, artifact: JsonRecord | undefined): JsonRecord[] => {
  if (artifact?.['type'] !== 'cdk:asset-manifest') return [];
  const file = textAt(recordAt(artifact['properties'], 'asset manifest')['file'], 'asset manifest');
  return [recordAt(readJson(assemblyDir, file), file)];
};

const readJson = (assemblyDir: string, file: string): unknown => {
  const path = join(assemblyDir, file);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`${path} cannot be read: ${reason}; synthesize the app again`, { cause: error });
  }
};
