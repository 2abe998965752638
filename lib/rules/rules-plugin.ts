import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { rules } from './index.ts';
import type { Finding, Rule } from './rule.ts';
import { readTemplates } from './templates.ts';

/** Holds the templates to our own rules at every synthesis, so that a change of a deployer that breaks one stops it. */
export class RulesPlugin implements IPolicyValidationPlugin {
  readonly name = 'Mediakeep';

  private readonly deployment: Deployment;
  private readonly dataClasses: readonly DataClass[];

  constructor(deployment: Deployment, dataClasses: readonly DataClass[]) {
    this.deployment = deployment;
    this.dataClasses = dataClasses;
  }

  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const paths = new Map(
      stackTemplates.map(({ templatePath }) => [basename(templatePath).split('.')[0] ?? '', templatePath]),
    );
    const raw = Object.fromEntries(
      [...paths].map(([stack, path]): [string, unknown] => [stack, JSON.parse(readFileSync(path, 'utf8'))]),
    );
    const input = { resources: readTemplates(raw), deployment: this.deployment, dataClasses: this.dataClasses };
    const violations = rules.flatMap((rule) =>
      rule.check(input).map((finding) => violation(rule, finding, paths.get(finding.resource.stack))),
    );
    return { success: violations.length === 0, violations };
  }
}

const violation = (rule: Rule, { resource, message }: Finding, templatePath = ''): PolicyViolation => ({
  ruleName: `Mediakeep-${rule.id}`,
  description: `${rule.title}: ${message}`,
  severity: 'error',
  violatingResources: [{ resourceLogicalId: resource.logicalId, templatePath, locations: [] }],
});
