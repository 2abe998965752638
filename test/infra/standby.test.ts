import { describe, expect, it } from 'vitest';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { rules } from '../../lib/rules/index.ts';
import { readTemplates } from '../../lib/rules/templates.ts';
import { synthesize } from './synthesized.ts';

const app = synthesize({ standby: true });
const names = { replica: `${deployment.name}-replica`, standby: `${deployment.name}-standby` };

const findings = (): string[] => {
  const resources = readTemplates({
    [names.replica]: app.replica,
    [`${deployment.name}-data`]: app.data,
    [`${deployment.name}-service`]: app.service,
    [names.standby]: app.standby,
  });
  return rules.flatMap((rule) =>
    rule
      .check({ resources, deployment, dataClasses: classes })
      .map(({ resource, message }) => `${rule.id} ${resource.id}: ${message}`),
  );
};

describe('the stack of a failover', () => {
  it('holds every rule that the others hold', () => {
    expect(findings()).toEqual([]);
  });
});
