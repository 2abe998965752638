import { S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { admitSampleUsers, issueTokens } from '../../cli/local/admit-users.ts';
import { describePlatform } from '../../cli/local/describe-platform.ts';
import { Mediakeep } from '../../client/index.ts';
import type { Platform } from '../../local/platform.ts';
import { startPlatform } from '../../local/platform.ts';
import type { PlatformOptions } from '../../local/platform-options.ts';
import type { LocalState } from '../../local/state-file.ts';
import { minutes } from './minutes.ts';

/** A platform as its clients see it, wherever it runs. */
export interface ReachablePlatform {
  readonly state: Omit<LocalState, 'users'>;
  /** A good token of a sample user. */
  tokenOf(name: string): Promise<string>;
  /** An administrator's client of the embedded S3. */
  readonly s3: S3Client;
}

/** The whole platform in this process, with its sample users and clients for them. */
export interface RunningPlatform extends ReachablePlatform, AsyncDisposable {
  readonly platform: Platform;
  /** A client of the API as one of the sample users. */
  as(name: 'asha' | 'ravi' | 'meera' | 'lena'): Mediakeep;
  /** What the functions and the platform logged. */
  readonly log: string[];
}

export const runPlatform = async (
  options: Pick<PlatformOptions, 'dataDir' | 'random'> = {},
): Promise<RunningPlatform> => {
  const log: string[] = [];
  const platform = await startPlatform({
    assemblyDir: inject('assemblyDir'),
    compileCacheDir: inject('compileCacheDir'),
    ...options,
    ports: { endpoint: 0, api: 0, issuer: 0 },
    homeRegion: 'us-east-1',
    environment: process.env,
    log: (line) => void log.push(line),
  });
  const state = describePlatform(platform, Date.now());
  await admitSampleUsers(platform, state);
  const tokenOf = tokensFor(platform, () => issueTokens(platform, state));
  const s3 = new S3Client({
    region: state.regions[0] ?? '',
    endpoint: state.endpoint,
    forcePathStyle: true,
    credentials: { ...state.admin },
  });
  return {
    platform,
    state,
    log,
    s3,
    tokenOf,
    as: (name) => new Mediakeep({ api: state.api, token: () => tokenOf(name) }),
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await platform[Symbol.asyncDispose]();
    },
  };
};

/** Tokens are good for hours of the platform's clock, and signing takes longer than most requests. */
const tokensFor = (
  { clock }: Pick<Platform, 'clock'>,
  issue: () => ReturnType<typeof issueTokens>,
): RunningPlatform['tokenOf'] => {
  let issued = issue();
  let issuedMs = clock.now();
  return async (name) => {
    if (clock.now() > issuedMs + minutes(5)) {
      issuedMs = clock.now();
      issued = issue();
    }
    return (await issued).find((user) => user.name === name)?.token ?? '';
  };
};
