import { resourceError } from '../aws/resource-properties.ts';
import type { ResourceProvider } from '../aws/service.ts';
import { createFunction } from './function-provider.ts';
import type { Lambda, LambdaDeps } from './lambda.ts';
import { createEventInvokeConfig, createMapping } from './mapping-provider.ts';
import { createAlias, createPermission, createVersion } from './qualifier-providers.ts';

/** What the providers need besides the service itself. */
export type LambdaProviderDeps = Pick<LambdaDeps, 'credentials' | 'sqs' | 'streams' | 'clock' | 'authorize'>;

/** Creates functions and what belongs to them from the template. */
export const resourceProviders = (lambda: Lambda, deps: LambdaProviderDeps): ResourceProvider[] => [
  { type: 'AWS::Lambda::Function', create: (resource) => createFunction(lambda, deps, resource) },
  { type: 'AWS::Lambda::Version', create: (resource) => createVersion(lambda, resource) },
  { type: 'AWS::Lambda::Alias', create: (resource) => createAlias(lambda, resource) },
  { type: 'AWS::Lambda::Permission', create: (resource) => createPermission(lambda, resource) },
  { type: 'AWS::Lambda::EventSourceMapping', create: (resource) => createMapping(lambda, deps, resource) },
  { type: 'AWS::Lambda::EventInvokeConfig', create: (resource) => createEventInvokeConfig(lambda, resource) },
  {
    type: 'AWS::Lambda::LayerVersion',
    create(resource) {
      throw resourceError(resource, 'layers are not offered on the embedded platform; bundle what the function needs.');
    },
  },
];
