import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VerifiedSignature } from '../sigv4/index.ts';
import type { Caller } from './caller.ts';

/** A request to the one endpoint, after its signature has been verified. */
export interface AwsRequest {
  readonly http: IncomingMessage;
  /** The whole body, where the endpoint has read it already to verify its hash. */
  readonly body?: Buffer;
  /** The path and query exactly as received. */
  readonly url: string;
  readonly requestId: string;
  readonly region: string;
  readonly accountId: string;
  readonly caller: Caller;
  /** What the signature proves; undefined for an anonymous request and for a form, whose signature stands in its fields. */
  readonly signature?: VerifiedSignature;
  /** Condition values every service shares: aws:CurrentTime, aws:SecureTransport, aws:SourceIp, aws:PrincipalArn, … */
  readonly baseContext: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** One AWS service behind the one endpoint: answers a request completely, errors included, in its own protocol. */
export interface AwsService {
  /** The service name in a SigV4 credential scope: `s3`, `sqs`, `kms`, `dynamodb`, `lambda`, `sts`, … */
  readonly signingName: string;
  /** What the service's API reference calls the operation, where neither `X-Amz-Target` nor `Action` says it. */
  operationOf?(request: AwsRequest): string;
  handle(request: AwsRequest, response: ServerResponse): Promise<void>;
}

/** A resource of the template with every intrinsic resolved. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** `{stack}-{logicalId}-{12 hex digits}`, stable over restarts: the name where the template gives none. */
  readonly generatedName: string;
}

/** What `Ref` and `Fn::GetAtt` of a created resource answer. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Creates one type of template resource. Called again with the same resource after a restart (or with changed properties
 * after a new synth): it then updates in place and keeps all data.
 */
export interface ResourceProvider {
  readonly type: string;
  create(resource: TemplateResource): CreatedResource | Promise<CreatedResource>;
}
