import { hash } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorize } from '../aws/caller.ts';
import { type SignatureClocks, verifyRequest } from '../sigv4/index.ts';
import type { Credentials } from '../sts/credentials.ts';
import { roleIdOf } from '../sts/credentials.ts';
import type { HttpApiModel } from './api-model.ts';
import { GatewayError } from './gateway-error.ts';
import type { GatewayRequest } from './gateway-request.ts';

/** What a route with `AWS_IAM` needs to know of who signs. */
export interface IamAuthorizerDeps {
  readonly lookup: Credentials['lookup'];
  readonly authorize: Authorize;
  readonly clocks: SignatureClocks;
}

/** What the function learns of the caller: `requestContext.authorizer.iam`. */
export interface AuthorizedSigner {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly cognitoIdentity: null;
  readonly principalOrgId: null;
  readonly userArn: string;
  readonly userId: string;
}

interface SignedCall {
  readonly api: HttpApiModel;
  /** The stage's name. */
  readonly stage: string;
  readonly request: GatewayRequest;
  readonly body: Buffer;
}

/** Lets a request through whose signature is right and whose signer may `execute-api:Invoke`; throws 403 as API Gateway does. */
export const authorizeSigner = (deps: IamAuthorizerDeps | undefined, call: SignedCall): AuthorizedSigner => {
  if (deps === undefined) throw forbidden('nobody signs here');
  const { api, stage, request } = call;
  const accessKey = verifiedKey(deps, call);
  const caller = deps.lookup(accessKey)?.caller;
  if (caller === undefined) throw forbidden('the access key is not known');
  const resource = `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/${stage}/${request.method}${request.path}`;
  refusing(() =>
    deps.authorize({
      caller,
      action: 'execute-api:Invoke',
      resource,
      resourceAccountId: api.accountId,
      context: { 'aws:SecureTransport': 'true', 'aws:SourceIp': request.sourceIp, 'aws:RequestedRegion': api.region },
      region: api.region,
    }),
  );
  const userId =
    caller.roleArn === undefined ? accessKey : `${roleIdOf(caller.roleArn)}:${caller.arn.split('/').at(-1)}`;
  const { accountId, arn: userArn } = caller;
  return { accessKey, accountId, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId };
};

const verifiedKey = ({ lookup, clocks }: IamAuthorizerDeps, { api, request, body }: SignedCall): string => {
  const signature = refusing(() => verifyRequest(request.http, { lookup, clocks, bodyHash: hash('sha256', body) }));
  if (signature === undefined) throw forbidden('the request is not signed');
  if (signature.service === 'execute-api' && signature.region === api.region) return signature.accessKeyId;
  throw forbidden(`the signature is for ${signature.service} in ${signature.region}`);
};

const refusing = <T>(check: () => T): T => {
  try {
    return check();
  } catch (error) {
    if (error instanceof AwsError) throw forbidden(error.message);
    throw error;
  }
};

const forbidden = (reason: string): GatewayError => new GatewayError(403, 'Forbidden', { reason });
