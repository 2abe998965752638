import { Aws } from 'aws-cdk-lib';
import type { Deployment } from '../../../config/deployment.ts';
import { bucketArn } from '../bucket-name.ts';
import type { KeepFunction } from '../keep-function.ts';
import { viaServices } from '../key-policy.ts';
import { replicaKeyAlias } from '../replica-names.ts';

/** Lets a function of the second region open the copies of the vault. Their key is known by its alias: its id is another stack's. */
export const allowCopiesKey = (keep: KeepFunction, deployment: Deployment): void => {
  const vault = bucketArn(deployment, 'vault');
  keep.allow(['kms:Decrypt'], [`arn:aws:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/*`], {
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [replicaKeyAlias(deployment, 'vault')] },
    StringEquals: { 'kms:ViaService': viaServices('s3') },
    ArnLike: { 'kms:EncryptionContext:aws:s3:arn': [vault, `${vault}/*`] },
  });
};
