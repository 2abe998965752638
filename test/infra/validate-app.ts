import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { composeApp } from '../../bin/app.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { cdkContext, emptyBundles } from './synthesized.ts';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly { ruleName: string }[];
  }[];
}

const bundles = emptyBundles();

/**
 * Synthesizes with the public packs, the built-in validator and our own rules, and answers with what they found; spoiled, with
 * a bucket that nobody explained.
 */
const validate = (spoiled: boolean) => {
  const outdir = mkdtempSync(join(tmpdir(), 'mediakeep-validate-'));
  const app = new App({ outdir, context: cdkContext });
  // A stack beside the spoiled one changes nothing in what is found, and a failover's has to be clean only.
  const { data } = composeApp(app, { deployment, dataClasses: classes, bundles, standby: !spoiled });
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
  return { refused, findings, acknowledged };
};

// In a process of its own, because the validator takes 450 MB that stay.
const answer = JSON.stringify({ clean: validate(false), spoiled: validate(true) });
// A pipe takes so much only piece by piece; ended at once, the process would cut the answer off.
process.stdout.write(`\n@@${answer}\n`, () => process.exit(0));
