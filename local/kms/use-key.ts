import type { Caller, RequestContext } from '../aws/caller.ts';

/** A service's question before it uses a key for a caller: may they, and can the key be used? */
export interface UseKeyRequest {
  readonly caller: Caller;
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  readonly action: 'kms:GenerateDataKey' | 'kms:Decrypt' | 'kms:Encrypt';
  /** `s3.ap-south-1.amazonaws.com` */
  readonly viaService: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly region: string;
  /** Condition values of the request behind this one, such as aws:SourceArn of a notifying bucket. */
  readonly context?: RequestContext;
}

/** Answers a {@link UseKeyRequest}; throws the AwsError that KMS would answer. */
export type UseKey = (request: UseKeyRequest) => void;
