// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub look like this
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { findOutput } from '../../local/template/deployed-app.ts';
import { noLocalEffect } from '../../local/template/no-local-effect.ts';
import { deploy, deployTemplate, fakeProvider, resource, writeAssembly } from './assembly.ts';

const order = (created: readonly { logicalId: string }[]) => created.map(({ logicalId }) => logicalId);

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

    expect(order(created)).toEqual(['Z', 'A']);
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

    expect(order(created)).toEqual(['B', 'A', 'C', 'D']);
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

describe('conditions and parameters', () => {
  const Parameters = {
    Stage: { Type: 'String', Default: 'prod' },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Size: { Type: 'Number', Default: 5 },
  };
  const Conditions = {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Equals': [{ Ref: 'Size' }, '5'] }] },
    Either: { 'Fn::Or': [{ Condition: 'NotProd' }, { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }] },
  };

  it('leave resources and outputs out', async () => {
    const Resources = {
      A: resource({}, { Condition: 'Both' }),
      B: resource({}, { Condition: 'Either' }),
    };
    const Outputs = { A: { Value: 'a', Condition: 'Both' }, B: { Value: { Ref: 'B' }, Condition: 'Either' } };

    const { app, created } = await deployTemplate({ Parameters, Conditions, Resources, Outputs });

    expect(order(created)).toEqual(['A']);
    expect([...(app.stacks[0]?.outputs ?? [])]).toEqual([['A', 'a']]);
  });

  it('give parameters their defaults, a list for a list', async () => {
    const Resources = { A: resource({ names: { Ref: 'Names' }, size: { Ref: 'Size' } }) };

    const { created } = await deployTemplate({ Parameters, Resources });

    expect(created[0]?.properties).toEqual({ names: ['a', 'b'], size: '5' });
  });

  it('read parameters of Systems Manager, that of the bootstrap included', async () => {
    const parameter = (Default: string) => ({ Type: 'AWS::SSM::Parameter::Value<String>', Default });
    const writer = {
      Resources: { P: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a', Type: 'String', Value: 'b' } } },
    };
    const reader = {
      Parameters: { Own: parameter('/a'), Bootstrap: parameter('/cdk-bootstrap/hnb659fds/version') },
      Resources: { A: resource({ own: { Ref: 'Own' }, bootstrap: { Ref: 'Bootstrap' } }) },
    };
    const dir = writeAssembly({ writer: { template: writer }, reader: { template: reader, dependencies: ['writer'] } });

    const { created } = await deploy(dir);

    expect(created[0]?.properties).toEqual({ own: 'b', bootstrap: expect.stringMatching(/^\d+$/) });
  });

  it.each([
    [
      { Parameters: { P: { Type: 'String' } }, Resources: { A: resource({ v: { Ref: 'P' } }) } },
      'the parameter P has no default',
    ],
    [
      {
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } },
        Resources: { A: resource({ v: { Ref: 'P' } }) },
      },
      'the parameter P names /none of Systems Manager, which does not exist in ap-south-1',
    ],
    [
      { Conditions: { C: { Condition: 'C' } }, Resources: { A: resource({}, { Condition: 'C' }) } },
      'the condition C refers to itself',
    ],
    [{ Resources: { A: resource({}, { Condition: 'C' }) } }, 'there is no condition C'],
    [
      { Conditions: { C: { 'Fn::Matches': [] } }, Resources: { A: resource({}, { Condition: 'C' }) } },
      'Conditions.C: {"Fn::Matches":[]} is not a condition function that is supported',
    ],
  ])('are an error where they cannot be answered: %#', async (template, message) => {
    await expect(deployTemplate(template)).rejects.toThrow(message);
  });

  it('check the Rules before anything is created', async () => {
    const rule = (version: string) => ({
      Assertions: [
        { Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2'], version] }] }, AssertDescription: 'bootstrap again' },
      ],
    });
    const skipped = {
      RuleCondition: { 'Fn::Equals': ['a', 'b'] },
      Assertions: [{ Assert: { 'Fn::Equals': ['a', 'b'] } }],
    };
    const Resources = { A: resource() };

    await expect(deployTemplate({ Rules: { Fine: rule('9'), Skipped: skipped }, Resources })).resolves.toBeDefined();
    await expect(deployTemplate({ Rules: { Boot: rule('2') }, Resources })).rejects.toThrow(
      'app: the rule Boot is not met: bootstrap again',
    );
  });
});

describe('stacks speak to each other', () => {
  const replica = {
    template: { Resources: { Key: resource() }, Outputs: { KeyArn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } },
    region: 'ap-south-2',
  };
  const reference = { 'Fn::GetStackOutput': { StackName: 'replica', Region: 'ap-south-2', OutputName: 'KeyArn' } };

  it('by Fn::GetStackOutput across regions, whatever order the manifest has', async () => {
    const data = { template: { Resources: { A: resource({ key: reference }) } }, dependencies: ['replica'] };

    const { app, created } = await deploy(writeAssembly({ data, replica }));

    expect(app.stacks.map(({ stackName }) => stackName)).toEqual(['replica', 'data']);
    expect(created[1]?.properties['key']).toBe(findOutput(app, 'replica', 'KeyArn'));
    expect(created[1]?.properties['key']).toMatch(/^arn:aws:test:ap-south-2:/);
  });

  it('by exports within a region only', async () => {
    const exporting = {
      template: {
        Resources: { A: resource() },
        Outputs: { O: { Value: 'v', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:o' } } } },
      },
    };
    const template = { Resources: { B: resource({ v: { 'Fn::ImportValue': 'exporting:o' } }) } };
    const dependencies = ['exporting'];

    const { created } = await deploy(writeAssembly({ exporting, importing: { template, dependencies } }));

    expect(created[1]?.properties).toEqual({ v: 'v' });
    await expect(
      deploy(writeAssembly({ exporting, importing: { template, dependencies, region: 'ap-south-2' } })),
    ).rejects.toThrow('importing.B (Test::A): no stack deployed before exports exporting:o in ap-south-2');
  });

  it.each([
    [
      'another region',
      { StackName: 'replica', OutputName: 'KeyArn' },
      'the stack replica in ap-south-1 has not been deployed before',
    ],
    [
      'another output',
      { StackName: 'replica', Region: 'ap-south-2', OutputName: 'Id' },
      'the stack replica in ap-south-2 has no output Id',
    ],
  ])('and an output of %s is an error', async (_, argument, message) => {
    const template = { Resources: { A: resource({ v: { 'Fn::GetStackOutput': argument } }) } };

    await expect(deploy(writeAssembly({ replica, data: { template, dependencies: ['replica'] } }))).rejects.toThrow(
      message,
    );
  });

  it('and a cycle of stacks is an error that names it', async () => {
    const template = { Resources: {} };
    const dir = writeAssembly({ a: { template, dependencies: ['b'] }, b: { template, dependencies: ['a'] } });

    await expect(deploy(dir)).rejects.toThrow('the artifacts of the app form a cycle: a → b → a');
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

  it('refuses two providers of one type, and a macro', async () => {
    await expect(deployTemplate({ Resources: {} }, { types: ['Test::A', 'Test::A'] })).rejects.toThrow(
      'two providers create Test::A',
    );
    await expect(deployTemplate({ Transform: 'AWS::Serverless-2016-10-31', Resources: {} })).rejects.toThrow(
      'app: Transform is not supported',
    );
  });
});

describe('types without local effect', () => {
  it('are accepted and answer names and ARNs like those of AWS', async () => {
    const Resources = {
      Plan: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'keep' } },
      A: resource({
        ref: { Ref: 'Plan' },
        arn: { 'Fn::GetAtt': ['Plan', 'BackupVaultArn'] },
        id: { 'Fn::GetAtt': ['Plan', 'BackupVaultName'] },
      }),
    };

    const { created } = await deployTemplate({ Resources });

    expect(created[0]?.properties).toEqual({
      ref: 'keep',
      id: 'keep',
      arn: 'arn:aws:backup:ap-south-1:000000000000:backupvault/keep',
    });
  });

  it('state a reason each', () => {
    for (const [type, reason] of Object.entries(noLocalEffect)) {
      expect(type).toMatch(/^AWS::\w+::\w+$/);
      expect(reason.length).toBeGreaterThan(15);
    }
  });
});

describe('what the template no longer has', () => {
  it('is reported and kept if it was to be retained, at every start; otherwise once', async () => {
    const db = new DatabaseSync(':memory:');
    const kept = resource({}, { DeletionPolicy: 'RetainExceptOnCreate' });
    const first = { Resources: { Vault: kept, Queue: resource({}, { DeletionPolicy: 'Delete' }), Same: kept } };
    const second = { Resources: { Same: kept } };
    const vault = {
      stackName: 'app',
      logicalId: 'Vault',
      type: 'Test::A',
      ref: expect.stringContaining('Vault'),
      retained: true,
    };

    const removed = [];
    for (const template of [first, first, second, second]) {
      removed.push((await deployTemplate(template, { db })).app.removed);
    }

    expect(removed[0]).toEqual([]);
    expect(removed[1]).toEqual([]);
    expect(removed[2]).toEqual(
      expect.arrayContaining([vault, expect.objectContaining({ logicalId: 'Queue', retained: false })]),
    );
    expect(removed[2]).toHaveLength(2);
    expect(removed[3]).toEqual([vault]);
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
