// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub look like this
import { describe, expect, it } from 'vitest';
import { noLocalEffect } from '../../local/template/no-local-effect.ts';
import { deploy, deployTemplate, fakeProvider, logicalIdsOf, resource, writeAssembly } from './assembly.ts';

describe('resources are created after what they need', () => {
  it.each([
    ['Ref', { v: { Ref: 'Z' } }],
    ['Fn::GetAtt', { v: [{ 'Fn::GetAtt': ['Z', 'Arn'] }] }],
    ['Fn::GetAtt as text', { v: { 'Fn::GetAtt': 'Z.Arn' } }],
    ['Fn::Sub', { v: { 'Fn::Sub': 'x${Z.Arn}' } }],
    ['a variable of Fn::Sub', { v: { 'Fn::Sub': ['x${Q}', { Q: { Ref: 'Z' } }] } }],
    ['a branch of Fn::If', { v: { 'Fn::If': ['Yes', { Ref: 'Z' }, 'x'] } }],
    ['a deep place', { v: { w: [{ 'Fn::Join': ['', ['a', { Ref: 'Z' }]] }] } }],
  ])('named by %s', async (_, properties) => {
    const Conditions = { Yes: { 'Fn::Equals': ['a', 'a'] } };

    const { created } = await deployTemplate({ Conditions, Resources: { A: resource(properties), Z: resource() } });

    expect(logicalIdsOf(created)).toEqual(['Z', 'A']);
  });

  it('named by DependsOn, and otherwise in the order of the template', async () => {
    const Resources = {
      C: resource({}, { DependsOn: ['B', 'A'] }),
      D: resource({}, { DependsOn: 'Gone' }),
      B: resource(),
      A: resource(),
      Gone: resource({}, { Condition: 'No' }),
    };

    const { created } = await deployTemplate({ Conditions: { No: { 'Fn::Equals': ['a', 'b'] } }, Resources });

    expect(logicalIdsOf(created)).toEqual(['B', 'A', 'C', 'D']);
  });

  it('and a cycle is an error that names it', async () => {
    const Resources = {
      First: resource(),
      A: resource({ v: { Ref: 'B' } }),
      B: resource({ v: { 'Fn::Sub': '${C.Arn}' } }),
      C: resource({}, { DependsOn: 'A' }),
    };

    await expect(deployTemplate({ Resources })).rejects.toThrow('app: the resources form a cycle: A → B → C → A');
  });
});

describe('a provider gets a resource whole', () => {
  it('with its properties resolved and a name that fits everywhere', async () => {
    const Resources = {
      AQueueWithAVeryLongLogicalIdentifier: resource({ Name: { 'Fn::Sub': '${AWS::StackName}-q' } }),
      Other: resource({ Arn: { 'Fn::GetAtt': ['AQueueWithAVeryLongLogicalIdentifier', 'Arn'] } }),
    };

    const { created } = await deployTemplate({ Resources });

    expect(created[0]).toEqual({
      logicalId: 'AQueueWithAVeryLongLogicalIdentifier',
      type: 'Test::A',
      stackName: 'app',
      region: 'ap-south-1',
      accountId: '000000000000',
      properties: { Name: 'app-q' },
      generatedName: expect.stringMatching(/^app-AQueueWithAVeryLongLogic-[0-9a-f]{12}$/),
    });
    expect(created[1]?.properties).toEqual({
      Arn: `arn:aws:test:ap-south-1:000000000000:${created[0]?.generatedName}`,
    });
  });

  it('with the same generated name at every start, and another one in another stack or region', async () => {
    const template = { Resources: { A: resource() } };
    const dir = writeAssembly({ one: { template }, two: { template }, far: { template, region: 'ap-south-2' } });

    const first = (await deploy(dir)).created.map(({ generatedName }) => generatedName);
    const second = (await deploy(dir)).created.map(({ generatedName }) => generatedName);

    expect(second).toEqual(first);
    expect(new Set(first.map((name) => name.slice(-12))).size).toBe(3);
  });
});

describe('what the platform cannot create is an error that names it', () => {
  it('lists every resource without a provider before anything is created', async () => {
    const template = { Resources: { A: resource(), B: { Type: 'AWS::Glue::Job' }, C: { Type: 'AWS::Glue::Table' } } };

    const started: string[] = [];
    const provider = { ...fakeProvider('Test::A'), create: () => started.push('A') as never };

    await expect(deployTemplate(template, { providers: [provider] })).rejects.toThrow(
      'does not know how to create app.B (AWS::Glue::Job), app.C (AWS::Glue::Table)',
    );
    expect(started).toEqual([]);
  });

  it('does not ask for what a condition leaves out', async () => {
    const template = {
      Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { B: { Type: 'AWS::Glue::Job', Condition: 'No' } },
    };

    await expect(deployTemplate(template)).resolves.toBeDefined();
  });

  it.each([
    [{ A: resource({ v: { Ref: 'Nothing' } }) }, 'app.A (Test::A): there is no parameter or resource Nothing'],
    [
      { A: resource({ v: { 'Fn::GetAtt': ['B', 'Url'] } }), B: resource() },
      'app.A (Test::A): B (Test::A) has no attribute Url here; it has Arn',
    ],
    [
      { A: resource({ v: { 'Fn::GetAtt': ['B', 'constructor'] } }), B: resource() },
      'has no attribute constructor here',
    ],
    [{ A: resource({}, { DependsOn: 'Nothing' }) }, 'A depends on Nothing, which the template does not have'],
    [{ A: resource({ a: [{ 'Fn::Cidr': [] }] }) }, 'app.A (Test::A): Properties.a[0]: Fn::Cidr is not supported'],
  ])('%#', async (Resources, message) => {
    await expect(deployTemplate({ Resources })).rejects.toThrow(message);
  });

  it('names a resource that is left out where another needs it', async () => {
    const template = {
      Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { A: resource({ v: { Ref: 'B' } }), B: resource({}, { Condition: 'No' }) },
    };

    await expect(deployTemplate(template)).rejects.toThrow('B does not exist here: its condition "No" leaves it out');
  });

  it('puts the resource in front of what its provider says, and keeps the cause', async () => {
    const cause = new Error('the name is taken');
    const provider = { type: 'Test::A', create: () => Promise.reject(cause) };

    await expect(deployTemplate({ Resources: { A: resource() } }, { providers: [provider] })).rejects.toMatchObject({
      message: 'app.A (Test::A): the name is taken',
      cause,
    });
  });

  it('refuses two answers for one type, and a macro', async () => {
    await expect(deployTemplate({ Resources: {} }, { types: ['Test::A', 'Test::A'] })).rejects.toThrow(
      'two providers create Test::A',
    );
    await expect(deployTemplate({ Resources: {} }, { types: ['AWS::CDK::Metadata'] })).rejects.toThrow(
      'AWS::CDK::Metadata has a provider and must not be in local/template/no-local-effect.ts',
    );
    await expect(deployTemplate({ Transform: 'AWS::Serverless-2016-10-31', Resources: {} })).rejects.toThrow(
      'app: Transform is not supported',
    );
  });
});

describe('types without local effect', () => {
  it('are accepted and answer names and ARNs like those of AWS', async () => {
    const Resources = {
      Group: { Type: 'AWS::XRay::Group', Properties: { GroupName: 'keep' } },
      A: resource({
        ref: { Ref: 'Group' },
        arn: { 'Fn::GetAtt': ['Group', 'GroupArn'] },
        id: { 'Fn::GetAtt': ['Group', 'GroupName'] },
      }),
    };

    const { created } = await deployTemplate({ Resources });

    expect(created[0]?.properties).toEqual({
      ref: 'keep',
      id: 'keep',
      arn: 'arn:aws:xray:ap-south-1:000000000000:group/keep',
    });
  });

  it('state a reason each', () => {
    for (const [type, reason] of Object.entries(noLocalEffect)) {
      expect(type).toMatch(/^AWS::\w+::\w+$/);
      expect(reason.length).toBeGreaterThan(15);
    }
  });
});

describe('an assembly that is not whole', () => {
  it('is an error where a function names code that no asset manifest has', async () => {
    const Code = { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: 'a.zip' };
    const template = { Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { Code } } } };

    await expect(deployTemplate(template, { types: ['AWS::Lambda::Function'] })).rejects.toThrow(
      'Code names the asset assets-000000000000/a.zip, which is not in the asset manifest; build the app again',
    );
  });

  it('is an error that says which file, and what to do', async () => {
    await expect(deploy('/nowhere')).rejects.toThrow(
      /\/nowhere\/manifest.json cannot be read: .*synthesize the app again/,
    );
  });
});
