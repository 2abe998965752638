// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub look like this
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { findOutput } from '../../local/template/deployed-app.ts';
import { deploy, deployTemplate, resource, writeAssembly } from './assembly.ts';

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
