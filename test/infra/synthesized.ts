import { globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { composeApp } from '../../bin/app.ts';
import type { Deployment } from '../../config/deployment.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import type { DataClass } from '../../core/data-class.ts';

/** A resource as the template has it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into free JSON
  readonly Properties: Record<string, any>;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
}

export interface Synthesized {
  readonly outdir: string;
  readonly replica: Template;
  readonly data: Template;
  readonly service: Template;
  /** The stack of a failover, where it was asked for. */
  readonly standby?: Template;
}

/** The deployment of the file, with one machine: by itself it has none, because each costs money. */
export const sampleDeployment: Deployment = { ...deployment, machines: ['camera'] };

const root = resolve(import.meta.dirname, '..', '..');

/**
 * The context of `cdk.json`, which the CDK CLI would hand over. Where in the source each construct was made, which no
 * template says, costs a quarter of a synthesis.
 */
export const cdkContext: Record<string, unknown> = {
  ...JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context,
  'aws:cdk:disable-creation-stack-traces': true,
};

/** Folders with bundles that do nothing: what stands in them plays no part in a template but for its hash. */
export const emptyBundles = (): string => {
  const bundles = mkdtempSync(join(tmpdir(), 'mediakeep-bundles-'));
  for (const handler of globSync('lambdas/*/handler.ts', { cwd: root })) {
    const name = basename(dirname(handler));
    mkdirSync(join(bundles, name));
    writeFileSync(join(bundles, name, 'index.mjs'), 'export const handler = async () => ({});\n');
  }
  return bundles;
};

/** Synthesizes the app into a folder of its own, without the validator. */
export const synthesize = (
  changes: {
    deployment?: Partial<Deployment>;
    dataClasses?: readonly DataClass[];
    bundles?: string;
    standby?: boolean;
  } = {},
): Synthesized => {
  const outdir = mkdtempSync(join(tmpdir(), 'mediakeep-synth-'));
  // What the CLI turns off by `cdk.json`, and a tree of all constructs that nothing reads here.
  const app = new App({ outdir, context: cdkContext, analyticsReporting: false, treeMetadata: false });
  const { replica, data, service, standby } = composeApp(app, {
    deployment: { ...sampleDeployment, ...changes.deployment },
    dataClasses: changes.dataClasses ?? classes,
    bundles: changes.bundles ?? emptyBundles(),
    standby: changes.standby ?? false,
  });
  app.synth();
  const template = (file: string): Template => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  return {
    outdir,
    replica: template(replica.templateFile),
    data: template(data.templateFile),
    service: template(service.templateFile),
    ...(standby && { standby: template(standby.templateFile) }),
  };
};

let shared: Synthesized | undefined;
let sharedInFailover: Synthesized | undefined;

/** The sample deployment, synthesized once for all tests of a process, which may not change it. */
export const defaultApp = (): Synthesized => {
  shared ??= frozen(synthesize());
  return shared;
};

/** The same with the stack of a failover. */
export const failoverApp = (): Synthesized => {
  sharedInFailover ??= frozen(synthesize({ standby: true }));
  return sharedInFailover;
};

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};
