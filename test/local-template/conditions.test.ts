import { describe, expect, it } from 'vitest';
import { deploy, deployTemplate, logicalIdsOf, resource, writeAssembly } from './assembly.ts';

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

    expect(logicalIdsOf(created)).toEqual(['A']);
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
