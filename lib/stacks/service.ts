import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { ApiFunction } from '../constructs/functions/api.ts';
import { CatalogFunction } from '../constructs/functions/catalog.ts';
import type { FunctionContext } from '../constructs/functions/function-context.ts';
import { IntakeFunction } from '../constructs/functions/intake.ts';
import { UndeleteFunction } from '../constructs/functions/undelete.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { PermissionsBoundary } from '../constructs/permissions-boundary.ts';
import type { DataStack } from './data.ts';

export interface ServiceStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
}

/** Everything that can be thrown away and deployed again. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, data, bundles, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const { keys, identity, intakeQueue, catalogQueue } = data;
    const context: FunctionContext = {
      deployment,
      bundles,
      keys,
      identity,
      intakeQueue,
      catalogQueue,
      catalogTable: data.catalogTable.table,
      boundary: new PermissionsBoundary(this, 'Boundary').policy,
    };
    new IntakeFunction(this, 'Intake', context);
    new CatalogFunction(this, 'Catalog', context);
    const undelete = new UndeleteFunction(this, 'Undelete', context);
    const api = new ApiFunction(this, 'Api', { ...context, undelete });
    const httpApi = new HttpApi(this, 'HttpApi', {
      deployment,
      identity,
      function: api.function.resource,
      messagesKey: keys.messages,
    });
    new CfnOutput(this, 'ApiUrl', { value: httpApi.url, description: 'Address of the HTTP API' });
  }
}
