import { resourceStatements, type Statement } from './policy-statements.ts';
import { ofType, type RuleInput } from './rule.ts';
import type { TemplateResource } from './templates.ts';

export const bucketType = 'AWS::S3::Bucket';

/** `vault` of `mediakeep-vault-${AWS::AccountId}-…`; undefined for a bucket that is none of ours. */
export const bucketPart = ({ properties }: TemplateResource, { deployment }: RuleInput): string | undefined => {
  const name = String(properties['BucketName'] ?? '');
  const part = name.startsWith(`${deployment.name}-`)
    ? name.slice(deployment.name.length + 1).split('-')[0]
    : undefined;
  return part !== undefined && ['landing', 'vault', 'scratch', 'audit', 'logs'].includes(part) ? part : undefined;
};

/** True for what stands in the second region. */
export const isCopy = ({ stack }: TemplateResource, { deployment }: RuleInput): boolean =>
  stack === `${deployment.name}-replica`;

/** Our bucket of that part in the home region. */
export const bucketOf = (input: RuleInput, part: string): TemplateResource | undefined =>
  ofType(input, bucketType).find((bucket) => bucketPart(bucket, input) === part && !isCopy(bucket, input));

/** The copy of our bucket of that part. */
export const copyOf = (input: RuleInput, part: string): TemplateResource | undefined =>
  ofType(input, bucketType).find((bucket) => bucketPart(bucket, input) === part && isCopy(bucket, input));

/** The two ways in which a policy writes the ARN of a bucket: by reference and by its physical name. */
export const bucketArns = ({ id, properties }: TemplateResource): string[] => [
  `\${${id}.Arn}`,
  `arn:aws:s3:::${String(properties['BucketName'])}`,
];

/** The statements of a bucket's own policy. */
export const bucketStatements = (bucket: TemplateResource, input: RuleInput): Statement[] =>
  resourceStatements(input, 'AWS::S3::BucketPolicy').filter(
    ({ owner }) =>
      owner.properties['Bucket'] === `\${${bucket.id}}` ||
      owner.properties['Bucket'] === bucket.properties['BucketName'],
  );
