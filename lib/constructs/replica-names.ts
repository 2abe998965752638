import { Aws } from 'aws-cdk-lib';
import type { Deployment } from '../../config/deployment.ts';

/** The buckets that have a copy in the second region. */
export type ReplicatedPart = 'vault' | 'audit';

/** The buckets that have a copy in the second region. */
export const replicatedParts: readonly ReplicatedPart[] = ['vault', 'audit'];

/**
 * The alias under which the key of a copy is known in the home region, where its id is not: the two stacks share no reference.
 * A replication rule names the key by it, and the role may use whatever key bears it.
 */
export const replicaKeyAlias = ({ name, secondRegion }: Deployment, part: ReplicatedPart): string =>
  `alias/${name}-replica-${part === 'vault' ? '' : `${part}-`}${Aws.ACCOUNT_ID}-${secondRegion}`;

/** The name of the role that S3 copies with; fixed, so that a policy in the second region can name it. */
export const replicationRoleName = ({ name, homeRegion }: Deployment): string =>
  `${name}-replica-${Aws.ACCOUNT_ID}-${homeRegion}`;
