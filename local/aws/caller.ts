/** A statement list as IAM documents carry it, already free of CloudFormation intrinsics. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Who makes a request: found by the access key of its signature, or a service of the platform itself. */
export interface Caller {
  readonly kind: 'role' | 'user' | 'service' | 'anonymous';
  /** `arn:aws:sts::…:assumed-role/…` for a role session, `arn:aws:iam::…:user/…` for a user; empty for the others. */
  readonly arn: string;
  /** The role behind a session, `arn:aws:iam::…:role/…`; policies name this one. */
  readonly roleArn?: string;
  readonly accountId: string;
  readonly accessKeyId?: string;
  /** `s3.amazonaws.com` and the like, for a service. */
  readonly service?: string;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly permissionsBoundary?: PolicyDocument;
}

/** Values of the condition keys of one request; a key that is absent has no value, as IAM's `Null` operator sees it. */
export type RequestContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One question to IAM: may this caller do this action on this resource? */
export interface AuthorizationRequest {
  readonly caller: Caller;
  /** `s3:PutObject`. */
  readonly action: string;
  /** The full ARN. */
  readonly resource: string;
  readonly resourceAccountId: string;
  readonly resourcePolicy?: PolicyDocument;
  /** KMS: without an allowing statement in the key policy, identity policies count for nothing. */
  readonly resourcePolicyMustDelegate?: boolean;
  readonly context: RequestContext;
  readonly region: string;
}

/** Answers an {@link AuthorizationRequest}; throws an `AccessDenied` AwsError (403) that says which policy decided. */
export type Authorize = (request: AuthorizationRequest) => void;
