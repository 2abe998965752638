// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of Fn::Sub look like this
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolve } from '../../local/template/intrinsics.ts';
import { resolved, scope } from './scope.ts';

describe('an intrinsic function answers as CloudFormation does', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'Queue' }, 'https://queue'],
    ['Ref of a list parameter', { Ref: 'Names' }, ['a', 'b']],
    ['Ref AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref AWS::Region', { Ref: 'AWS::Region' }, 'ap-south-1'],
    ['Ref AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref AWS::StackName', { Ref: 'AWS::StackName' }, 'app-data'],
    ['Ref AWS::StackId', { Ref: 'AWS::StackId' }, scope.stackId],
    ['Ref AWS::NoValue in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['Ref AWS::NoValue in a list', [1, { Ref: 'AWS::NoValue' }, 2], [1, 2]],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['Fn::GetAtt with a dotted attribute', { 'Fn::GetAtt': ['Table', 'Stream.Arn'] }, 'arn:stream'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'arn:stream'],
    ['Fn::Sub of a pseudo parameter', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x' }, 'arn:aws:s3:::x'],
    ['Fn::Sub of a resource', { 'Fn::Sub': '${Queue}/${Queue.Arn}' }, 'https://queue/arn:queue'],
    ['Fn::Sub of a variable', { 'Fn::Sub': ['${A}-${Queue}', { A: { Ref: 'Count' } }] }, '3-https://queue'],
    ['Fn::Sub where a variable hides a resource', { 'Fn::Sub': ['${Queue}', { Queue: 'mine' }] }, 'mine'],
    ['Fn::Sub of a literal', { 'Fn::Sub': '${!aws:username}$' }, '${aws:username}$'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Count' }, 7]] }, 'a-3-7'],
    ['Fn::Join of a list parameter', { 'Fn::Join': [',', { Ref: 'Names' }] }, 'a,b'],
    ['Fn::Split', { 'Fn::Split': ['/', { 'Fn::Sub': 'a/${Count}' }] }, ['a', '3']],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    ['Fn::Select by a number', { 'Fn::Select': [0, ['x']] }, 'x'],
    ['Fn::If that holds', { 'Fn::If': ['Yes', { Ref: 'Queue' }, { Ref: 'Missing' }] }, 'https://queue'],
    ['Fn::If that does not', { v: { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] } }, {}],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'city'] }, 'Mumbai'],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'shared' } }, 'value'],
    [
      'Fn::GetStackOutput of another region',
      { 'Fn::GetStackOutput': { StackName: 'app-replica', Region: 'ap-south-2', OutputName: 'KeyArn' } },
      'arn:key',
    ],
    [
      'Fn::GetStackOutput of the same region',
      { 'Fn::GetStackOutput': { StackName: 'app-replica', OutputName: 'Here' } },
      'here',
    ],
    ['Fn::Base64', { 'Fn::Base64': { Ref: 'Count' } }, 'Mw=='],
    [
      'an ordinary object',
      { Condition: { StringEquals: { a: ['b'] } }, n: 1, t: true },
      { Condition: { StringEquals: { a: ['b'] } }, n: 1, t: true },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });
});

describe('what cannot be resolved is an error that names the place and the reason', () => {
  it.each<[string, unknown, string]>([
    [
      'an unknown function',
      { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] },
      'Properties.X: Fn::Cidr is not supported; supported are Ref, ',
    ],
    ['Fn::GetAZs', { a: [{ 'Fn::GetAZs': '' }] }, 'Properties.X.a[0]: Fn::GetAZs is not supported'],
    ['Fn::Transform', { 'Fn::Transform': {} }, 'Fn::Transform is not supported'],
    [
      'a function beside other keys',
      { 'Fn::Sub': 'a', b: 1 },
      'Fn::Sub must be the only key of its object, beside it stands Fn::Sub, b',
    ],
    ['an index outside of the list', { 'Fn::Select': [2, ['a', 'b']] }, 'the index 2 is outside of the 2 items'],
    ['an index that is no number', { 'Fn::Select': ['x', ['a']] }, 'the index "x" is outside of the 1 items'],
    ['a list that is no list', { 'Fn::Join': ['', 'a'] }, 'Properties.X.Fn::Join must be a list, not "a"'],
    [
      'a part that is no text',
      { 'Fn::Join': ['', ['a', { b: 1 }]] },
      'Properties.X.Fn::Join[1] must be text, not {"b":1}',
    ],
    ['too many arguments', { 'Fn::Split': ['a', 'b', 'c'] }, 'Properties.X.Fn::Split takes 2 arguments, not 3'],
    ['a variable that is no name', { 'Fn::Sub': 'a ${b c}' }, '`${b c}` is not the name of anything'],
    [
      'a role for another account',
      { 'Fn::GetStackOutput': { StackName: 'a', OutputName: 'b', RoleArn: 'c' } },
      'RoleArn is not supported',
    ],
    [
      'a dynamic reference',
      { a: '{{resolve:secretsmanager:x}}' },
      'Properties.X.a: dynamic references are not supported',
    ],
  ])('%s', (_, value, message) => {
    expect(() => resolved(value)).toThrow(message);
  });
});

describe('Fn::Sub and Fn::Join', () => {
  const word = fc
    .string({ unit: fc.constantFrom('a', '$', '{', ':', '/', 'é'), maxLength: 6 })
    .filter((text) => !text.includes('${') && !text.endsWith('$'));
  const part = fc.oneof(
    word.map((text) => ({ sub: text, join: text as unknown })),
    fc.constant({ sub: '${Queue}', join: { Ref: 'Queue' } as unknown }),
    fc.constant({ sub: '${Queue.Arn}', join: { 'Fn::GetAtt': ['Queue', 'Arn'] } as unknown }),
    fc.constant({ sub: '${AWS::Region}', join: { Ref: 'AWS::Region' } as unknown }),
    fc.constant({ sub: '${!Queue}', join: '${Queue}' as unknown }),
  );

  it('put the same parts together to the same text', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const bySub = resolve({ 'Fn::Sub': parts.map(({ sub }) => sub).join('') }, scope, 'Sub');
        const byJoin = resolve({ 'Fn::Join': ['', parts.map(({ join }) => join)] }, scope, 'Join');

        expect(bySub).toBe(byJoin);
      }),
    );
  });

  it('undo each other with Fn::Split', () => {
    const item = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
        expect(resolved({ 'Fn::Split': ['|', { 'Fn::Join': ['|', items] }] })).toEqual(items);
      }),
    );
  });
});
