import { createHash } from 'node:crypto';

const maxPartLength = 24;

/** What tells one resource from all others on the platform. */
export interface ResourcePlace {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
}

/**
 * The name of a resource to which its template gives none: `{stack}-{logicalId}-{12 hex digits}`, the same at every start. The
 * first two are cut so that the whole stays within the 64 characters that roles and functions may have.
 */
export const generatedName = (place: ResourcePlace): string =>
  [place.stackName.slice(0, maxPartLength), place.logicalId.slice(0, maxPartLength), digest(place).slice(0, 12)].join(
    '-',
  );

/** The ARN of a stack, which ends in a UUID. */
export const stackArn = (place: Omit<ResourcePlace, 'logicalId'>): string => {
  const hex = digest({ ...place, logicalId: '' });
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${place.stackName}/${uuid}`;
};

const digest = ({ accountId, region, stackName, logicalId }: ResourcePlace): string =>
  createHash('sha256').update([accountId, region, stackName, logicalId].join('\n')).digest('hex');
