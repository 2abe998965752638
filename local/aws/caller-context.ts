import { isoTime } from '../../core/time.ts';
import type { Caller, RequestContext } from './caller.ts';

/** Another resource on whose behalf a service of the platform acts: the bucket that notifies, the API that invokes. */
export interface ServiceSource {
  /** `s3.amazonaws.com` and the like. */
  readonly service: string;
  readonly arn: string;
  readonly accountId: string;
}

/** The caller that a service is when it acts for a resource. */
export const serviceCaller = ({ service, accountId }: ServiceSource): Caller => ({
  kind: 'service',
  arn: '',
  accountId,
  service,
  identityPolicies: [],
});

/** The condition values that every request of this service carries. */
export const serviceContext = (source: ServiceSource, nowMs: number): RequestContext => ({
  ...timeContext(nowMs),
  'aws:SecureTransport': 'true',
  'aws:PrincipalIsAWSService': 'true',
  'aws:PrincipalServiceName': source.service,
  'aws:SourceArn': source.arn,
  'aws:SourceAccount': source.accountId,
});

/** The condition values of a request that a service makes inside the platform with a role's rights. */
export const callerContext = (caller: Caller, nowMs: number): RequestContext => ({
  ...timeContext(nowMs),
  'aws:SecureTransport': 'true',
  'aws:PrincipalIsAWSService': 'false',
  'aws:PrincipalArn': caller.roleArn ?? caller.arn,
  'aws:PrincipalAccount': caller.accountId,
  'aws:PrincipalType': caller.kind === 'user' ? 'User' : 'AssumedRole',
});

const timeContext = (nowMs: number): RequestContext => ({
  'aws:CurrentTime': isoTime(nowMs),
  'aws:EpochTime': String(Math.floor(nowMs / 1000)),
});
