import type { ResourceProvider } from '../aws/service.ts';
import { textAt } from './json.ts';
import type { FindSsmParameter } from './parameters.ts';

/** Parameters of Systems Manager, as far as templates make and read them. */
export interface SsmParameters {
  readonly find: FindSsmParameter;
  readonly providers: readonly ResourceProvider[];
}

/** The platform stands for a bootstrapped account: the version that the CDK's own check asks for. */
const bootstrapVersion = '30';
const bootstrapParameter = /^\/cdk-bootstrap\/[a-z0-9]+\/version$/;

/** Keeps the parameters in memory: every start makes them again from the template. */
export const createSsmParameters = (): SsmParameters => {
  const values = new Map<string, string>();
  const key = (name: string, region: string) => `${region} ${name}`;
  return {
    find: (name, region) =>
      values.get(key(name, region)) ?? (bootstrapParameter.test(name) ? bootstrapVersion : undefined),
    providers: [
      {
        type: 'AWS::SSM::Parameter',
        create({ properties, region, generatedName }) {
          const name = textAt(properties['Name'] ?? generatedName, 'Name');
          const value = textAt(properties['Value'], 'Value');
          values.set(key(name, region), value);
          return { ref: name, attributes: { Type: textAt(properties['Type'], 'Type'), Value: value } };
        },
      },
    ],
  };
};
