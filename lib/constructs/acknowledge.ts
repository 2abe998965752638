import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a finding of a public rule pack does not fit here, who says so, and until when that is believed. */
export interface Acknowledgement {
  /** As the pack prints it: `AwsSolutions-S1`, `AwsSolutions-IAM5[Resource::*]`. */
  readonly ids: readonly string[];
  readonly reason: string;
  /** @default `platform` */
  readonly owner?: string;
  /** `YYYY-MM-DD`; from that day on the finding is back. @default the next yearly review */
  readonly until?: string;
}

/** When all acknowledgements without an end of their own are looked at again. */
export const nextReview = '2027-12-31';

/** Accepts findings on a construct and what is in it; owner and end become part of the recorded reason. */
export const acknowledge = (scope: IConstruct, ...acknowledgements: readonly Acknowledgement[]): void => {
  for (const { ids, reason, owner = 'platform', until = nextReview } of acknowledgements) {
    Validations.of(scope).acknowledge(
      ...ids.map((id) => ({ id, reason: `${reason} [owner: ${owner}; until: ${until}]` })),
    );
  }
};

/** Of the buckets of the second region. */
export const copiesAreNotCopied: Acknowledgement = {
  ids: ['NIST.800.53.R5-S3BucketReplicationEnabled', 'HIPAA.Security-S3BucketReplicationEnabled'],
  reason: 'This is the copy: nothing flows back from it by itself, and a third one is nobody’s need',
};

/** The id under which AwsSolutions reports a wildcard in a resource. */
export const wildcardFinding = (scope: IConstruct, resource: string): string => {
  const resolved: unknown = Stack.of(scope).resolve(resource);
  return `AwsSolutions-IAM5[Resource::${plainText(resolved)}]`;
};

const plainText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object') {
    if ('Ref' in value) return `<${value.Ref}>`;
    if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return `<${value['Fn::GetAtt'].join('.')}>`;
    if ('Fn::Join' in value && Array.isArray(value['Fn::Join'])) return value['Fn::Join'][1].map(plainText).join('');
  }
  return JSON.stringify(value);
};
