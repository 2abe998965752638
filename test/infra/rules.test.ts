import { describe, expect, it } from 'vitest';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { rules } from '../../lib/rules/index.ts';
import { readTemplates } from '../../lib/rules/templates.ts';
import { defaultApp } from './synthesized.ts';

const run = (raw: Record<string, unknown>) => {
  const input = { resources: readTemplates(raw), deployment, dataClasses: classes };
  return rules.flatMap((rule) =>
    rule.check(input).map((finding) => `${rule.id} ${finding.resource.id}: ${finding.message}`),
  );
};

const raw = () => {
  const { data, service } = defaultApp();
  return { 'mediakeep-data': structuredClone(data), 'mediakeep-service': structuredClone(service) };
};

describe('the templates hold every rule', () => {
  it('the default deployment breaks none', () => {
    expect(run(raw())).toEqual([]);
  });
});
