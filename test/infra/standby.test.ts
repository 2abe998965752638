import { describe, expect, it } from 'vitest';
import { classes, deployment } from '../../config/mediakeep.config.ts';
import { rules } from '../../lib/rules/index.ts';
import { at, list, readTemplates } from '../../lib/rules/templates.ts';
import { defaultApp, failoverApp } from './synthesized.ts';

const app = failoverApp();
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

  it('refers to no other stack, and changes none by being there', () => {
    const { replica, data, service } = defaultApp();

    expect(JSON.stringify(app.standby)).not.toMatch(/Fn::(GetStackOutput|ImportValue)/);
    expect([app.replica, app.data, app.service]).toEqual([replica, data, service]);
  });

  it('is in the app only when it is asked for', () => {
    expect(defaultApp().standby).toBeUndefined();
  });

  it('writes nothing to the copies, takes nothing in, and undeletes nothing', () => {
    const allowed = readTemplates({ [names.standby]: app.standby })
      .filter(({ type }) => type === 'AWS::IAM::Policy')
      .flatMap(({ properties }) => list(at(properties['PolicyDocument'], 'Statement')));
    const onCopies = allowed
      .filter((statement) => list(at(statement, 'Resource')).some((arn) => String(arn).includes('-vault-')))
      .flatMap((statement) => list(at(statement, 'Action')).map(String));

    expect(onCopies.length).toBeGreaterThan(0);
    expect(onCopies.filter((action) => !/^(s3:(Get|List)|kms:Decrypt)/.test(action))).toEqual(['s3:RestoreObject']);
    expect(JSON.stringify(allowed)).not.toMatch(
      /s3:Delete|cognito-idp|lambda:InvokeFunction","Effect":"Allow","Resource":"\*/,
    );
  });

  it('knows callers by their signature, and only sessions of the one role', () => {
    const routes = Object.values(app.standby?.Resources ?? {}).filter(({ Type }) => Type.endsWith('::Route'));
    const types = Object.groupBy(routes, ({ Properties }) => String(Properties['AuthorizationType']));

    expect(types['NONE']?.map(({ Properties }) => Properties['RouteKey'])).toEqual([
      'GET /health',
      'GET /openapi.json',
    ]);
    expect(Object.keys(types).sort()).toEqual(['AWS_IAM', 'NONE']);
  });
});
