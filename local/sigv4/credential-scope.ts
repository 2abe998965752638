import type { SignedRequest } from './signed-request.ts';

/** An access key with the day, region and service that a signature was made for. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `20260131` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** `20260131/ap-south-1/s3/aws4_request` */
  readonly scope: string;
}

/** Parses `AKIA…/20260131/ap-south-1/s3/aws4_request`; undefined for any other form. */
export const parseCredential = (credential: string): CredentialScope | undefined => {
  const match = /^([\w+=,.@-]+)\/((\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request)$/.exec(credential);
  const [, accessKeyId, scope, day, region, service] = match ?? [];
  if (!accessKeyId || !scope || !day || !region || !service) return undefined;
  return { accessKeyId, scope, day, region, service };
};

/** For which service and region a request says it is signed, before anything is verified; undefined where it is not signed. */
export const claimedScope = (request: SignedRequest): CredentialScope | undefined => {
  const authorization = authorizationHeader(request.rawHeaders);
  const text = authorization ?? request.url ?? '';
  const pattern = authorization === undefined ? /[?&]X-Amz-Credential=([^&]+)/ : /Credential=([^,\s]+)/;
  const credential = pattern.exec(text)?.[1];
  return credential === undefined ? undefined : parseCredential(credential.replaceAll(/%2F/gi, '/'));
};

const authorizationHeader = (rawHeaders: readonly string[]): string | undefined => {
  const index = rawHeaders.findIndex((name, position) => position % 2 === 0 && name.toLowerCase() === 'authorization');
  return index === -1 ? undefined : rawHeaders[index + 1];
};
