import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../config/deployment.ts';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { days } from '../../core/time.ts';
import { rules } from '../../lib/rules/index.ts';
import type { Rule } from '../../lib/rules/rule.ts';
import { readTemplates, type TemplateResource } from '../../lib/rules/templates.ts';
import { breakages } from './breakages/index.ts';
import { namedTemplates, spoiled } from './breakages/spoiled.ts';
import { defaultApp, synthesize } from './synthesized.ts';

const findings = (
  templates: Parameters<typeof namedTemplates>[0],
  decided: Deployment = deployment,
): readonly string[] => findingsIn(readTemplates(namedTemplates(templates, decided.name)), rules, decided);

const findingsIn = (
  resources: readonly TemplateResource[],
  held: readonly Rule[],
  decided: Deployment = deployment,
): readonly string[] =>
  held.flatMap((rule) =>
    rule
      .check({ resources, deployment: decided, dataClasses: classes })
      .map(({ resource, message }) => `${rule.id} ${resource.id}: ${message}`),
  );

describe('the templates hold every rule', () => {
  it('the default deployment breaks none', () => {
    expect(findings(synthesize({ deployment: { machines: deployment.machines } }))).toEqual([]);
    expect(findings(defaultApp())).toEqual([]);
  });

  it.each<Partial<Deployment>>([
    { retainData: false },
    { bucketNamespace: 'global', name: 'other' },
    { identityPlan: 'plus', alarmEmail: 'ops@example.org' },
    { corsOrigins: ['https://keep.example.org'], transferAcceleration: true },
    { machines: Array.from({ length: 49 }, (_, index) => `site-${index}`) },
    { concurrency: { intake: { maximum: 2, reserved: 5 }, catalog: { maximum: 10, reserved: 11 } } },
    { erasureDeadline: days(20), noncurrentRetention: days(10), auditRetention: days(30), logRetentionDays: 731 },
    { jurisdiction: 'EU', homeRegion: 'eu-central-1', secondRegion: 'eu-west-1' },
  ])('a deployment with %j breaks none', (changes) => {
    expect(findings(synthesize({ deployment: changes }), { ...deployment, ...changes })).toEqual([]);
  });
});

describe('each rule sees what it is for', () => {
  it.each(breakages)('$rule fires at $title', ({ rule, spoil }) => {
    const resources = spoiled(spoil);

    const held = rules.filter(({ id }) => id === rule);
    expect(findingsIn(resources, held)).not.toEqual([]);
  });

  it('no rule goes untested', () => {
    const tested = new Set(breakages.map(({ rule }) => rule));

    expect(rules.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  });

  it('no two rules have one id', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});
