import { Aws, Duration } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../../config/deployment.ts';
import { acknowledge, wildcardFinding } from '../acknowledge.ts';
import type { HttpApi } from '../http-api.ts';
import { PermissionsBoundary } from '../permissions-boundary.ts';

/** The role whose sessions read in the second region; fixed, so that policies can name it before there is a failover. */
export const readerRoleName = ({ name, secondRegion }: Deployment): string =>
  `${name}-reader-${Aws.ACCOUNT_ID}-${secondRegion}`;

/**
 * Sign-in without the lost region: people of the account assume this role under the principal of their membership as the
 * session's name, and may call the API. Who of the account may assume it, and under which names, their own policies say.
 */
export class ReaderRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    this.role = new Role(this, 'Default', {
      roleName: readerRoleName(deployment),
      description: 'Reads through the API of the second region as the member that the session is named after',
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(1),
      permissionsBoundary: new PermissionsBoundary(this, 'Boundary', { admits: ['execute-api:Invoke'] }).policy,
    });
  }

  /** Lets the sessions call the API; a method that changes something is answered there with what to do. */
  allowReading({ api }: HttpApi): void {
    const routes = `arn:aws:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${api.ref}/*/*`;
    acknowledge(this, {
      ids: [wildcardFinding(this, routes), 'NIST.800.53.R5-IAMNoInlinePolicy', 'HIPAA.Security-IAMNoInlinePolicy'],
      reason: 'Every route of one API: what a member may read of it is decided by their membership',
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [routes] }));
  }
}
