import { CfnDeletionPolicy, type CfnResource, RemovalPolicy } from 'aws-cdk-lib';

/** What becomes of a stateful resource without a physical name when it leaves its stack. */
export const removalPolicy = (retainData: boolean): RemovalPolicy =>
  retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

/**
 * The same for a resource with a physical name: kept, except where its creation is rolled back, because a name that a failed
 * first deployment left behind would block the second.
 */
export const keepNamedResource = (resource: CfnResource, retainData: boolean): void => {
  resource.cfnOptions.deletionPolicy = retainData
    ? CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
    : CfnDeletionPolicy.DELETE;
  resource.cfnOptions.updateReplacePolicy = retainData ? CfnDeletionPolicy.RETAIN : CfnDeletionPolicy.DELETE;
};
