import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { composeApp } from '../../bin/app.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { cdkContext, emptyBundles } from './synthesized.ts';

/**
 * Runs in a process of its own, because the validator takes 450 MB that stay: synthesizes with the public packs, the built-in
 * validator and our own rules, and prints what they found. `spoiled` adds a bucket that nobody explained.
 */
const spoiled = process.argv[2] === 'spoiled';
const outdir = mkdtempSync(join(tmpdir(), 'mediakeep-validate-'));
const app = new App({ outdir, context: cdkContext });
const { data } = composeApp(app, { deployment, dataClasses: classes, bundles: emptyBundles(), standby: true });
Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app),
  new NIST80053R5Checks(app),
  new HIPAASecurityChecks(app),
  new ServerlessChecks(app),
);
if (spoiled) new CfnBucket(data, 'Unexplained');

let refused = false;
try {
  app.synth();
} catch {
  refused = true;
}

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly { ruleName: string }[];
  }[];
}
const report: Report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
const findings = report.pluginReports.flatMap(({ pluginName, violations }) =>
  violations.map(({ ruleName }) => `${pluginName}: ${ruleName}`),
);
const acknowledged = data.node.root.node
  .findAll()
  .flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .map(({ data: rule }) => rule),
  );
process.stdout.write(`\n@@${JSON.stringify({ refused, findings, acknowledged })}\n`);
process.exit(0);
