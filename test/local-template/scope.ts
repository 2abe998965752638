import { resolve } from '../../local/template/intrinsics.ts';
import type { Scope } from '../../local/template/scope.ts';
import { TemplateError } from '../../local/template/template-error.ts';

/** A scope with one queue, one parameter, one condition, one mapping, one export and one output of another stack. */
export const scope: Scope = {
  stackName: 'app-data',
  stackId: 'arn:aws:cloudformation:ap-south-1:000000000000:stack/app-data/1',
  region: 'ap-south-1',
  accountId: '000000000000',
  ref: (logicalId) => lookUp({ Queue: 'https://queue', Names: ['a', 'b'], Count: '3' }, logicalId),
  attribute: (logicalId, name) =>
    String(lookUp({ 'Queue.Arn': 'arn:queue', 'Table.Stream.Arn': 'arn:stream' }, `${logicalId}.${name}`)),
  condition: (name) => Boolean(lookUp({ Yes: true, No: false }, name)),
  mapping: (map, top, second) => lookUp({ 'Regions.ap-south-1.city': 'Mumbai' }, `${map}.${top}.${second}`),
  exported: (name) => String(lookUp({ shared: 'value' }, name)),
  stackOutput: (stack, region, output) =>
    String(
      lookUp(
        { 'app-replica ap-south-2 KeyArn': 'arn:key', 'app-replica ap-south-1 Here': 'here' },
        `${stack} ${region} ${output}`,
      ),
    ),
};

const lookUp = (values: Readonly<Record<string, unknown>>, name: string): unknown => {
  if (!Object.hasOwn(values, name)) throw new TemplateError(`nothing is called ${name}`);
  return values[name];
};

/** Resolves a value in {@link scope}. */
export const resolved = (value: unknown): unknown => resolve(value, scope, 'Properties.X');
