import * as z from 'zod';
import type { SignRequest } from '../../client/index.ts';
import { type SigningCredentials, signRequests } from '../../client/node/index.ts';
import type { LocalState } from '../../local/state-file.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

/** The profile that a failover leaves behind: where the second region answers, and in which role it is read. */
export const standbyProfile = 'standby';

/** Who reads, in which role. */
export interface StandbyAccess {
  readonly roleArn: string;
  readonly region: string;
  /** The principal of a membership; of the platform on this machine also a sample user's name. */
  readonly principal: string;
  /** The platform on this machine, where the API is its own. */
  readonly local: LocalState | undefined;
  readonly signal: AbortSignal;
}

const Session = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() });
const renewBeforeMs = 300_000;

/** Signs as the role's session that is named after the principal; assumed at the first request and again before its end. */
export const signAsMember = (access: StandbyAccess): SignRequest => {
  let session: Promise<{ credentials: SigningCredentials; until: number }> | undefined;
  const credentials = async (): Promise<SigningCredentials> => {
    const known = await session?.catch(() => undefined);
    if (known === undefined || known.until - renewBeforeMs < Date.now()) session = assumeRole(access);
    const current = await session;
    if (current === undefined) throw new Error('A session was asked for and is not there.');
    return current.credentials;
  };
  return signRequests({ credentials, region: access.region });
};

/** One request to STS, whose client is no dependency of ours: everything it answers with is four fields. */
const assumeRole = async ({ roleArn, region, principal, local, signal }: StandbyAccess) => {
  const base = await baseCredentials(region, local);
  const url = local === undefined ? `https://sts.${region}.amazonaws.com/` : `${local.endpoint}/`;
  const RoleSessionName = sessionName(principal, local);
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName,
    DurationSeconds: '3600',
  }).toString();
  const sign = signRequests({ credentials: () => base, region, service: 'sts' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const sent = await sign({ method: 'POST', url, headers, body });
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal });
  const text = await response.text();
  const field = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  if (!response.ok) {
    throw new CliError(
      exitCodes.forbidden,
      `The role ${roleArn} cannot be assumed as ${RoleSessionName}: ${field('Message') ?? response.status}. See docs/failover.md, who may read.`,
    );
  }
  const credentials = Session.parse({
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  });
  return { credentials, until: Date.parse(field('Expiration') ?? '') };
};

const baseCredentials = async (region: string, local: LocalState | undefined): Promise<SigningCredentials> => {
  if (local !== undefined) return local.admin;
  // Every command passes by here, and hardly any needs the SDK, which takes as long to load as all else.
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({ region });
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  } finally {
    client.destroy();
  }
};

/** A sample user's name stands for the subject in their token. */
const sessionName = (principal: string, local: LocalState | undefined): string => {
  const token = local?.users.find(({ name }) => name === principal)?.token;
  if (token === undefined) return principal;
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return z.object({ sub: z.string() }).parse(claims).sub;
};
