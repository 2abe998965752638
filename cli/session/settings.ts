import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { CliError, exitCodes } from '../exit-codes.ts';

/** How to reach one deployment, as `mediakeep config set` writes it. */
export const Profile = z.strictObject({
  /** The API's address. */
  api: z.url().optional(),
  /** The managed login's address, `https://{domain}.auth.{region}.amazoncognito.com`. */
  login: z.url().optional(),
  /** The app client that signs in. */
  client: z.string().optional(),
  tenant: z.string().optional(),
  /** Sign in as this sample user of the platform on this machine. */
  localUser: z.string().optional(),
  /** The role in which the second region is read during a failover, and its region. */
  readerRole: z.string().optional(),
  region: z.string().optional(),
});
export type Profile = z.infer<typeof Profile>;
export const profileFields = Object.keys(Profile.shape) as (keyof Profile)[];

const Settings = z.strictObject({ profiles: z.record(z.string(), Profile) });
type Settings = z.infer<typeof Settings>;

/** What a sign-in left behind. */
export const Tokens = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** ISO time. */
  expiresAt: z.string(),
});
export type Tokens = z.infer<typeof Tokens>;

const TokenFile = z.record(z.string(), Tokens);

/** The settings of one user: profiles in `config.json`, tokens in `tokens.json`, both readable by their owner only. */
export class SettingsStore {
  readonly directory: string;

  constructor(env: NodeJS.ProcessEnv) {
    const base = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
    this.directory = env['MEDIAKEEP_CONFIG_DIR'] || join(base, 'mediakeep');
  }

  profile(name: string): Profile {
    return this.#settings().profiles[name] ?? {};
  }

  profiles(): Readonly<Record<string, Profile>> {
    return this.#settings().profiles;
  }

  saveProfile(name: string, profile: Profile): void {
    const { profiles } = this.#settings();
    writePrivate(this.#path('config.json'), { profiles: { ...profiles, [name]: Profile.parse(profile) } });
  }

  tokens(name: string): Tokens | undefined {
    return this.#tokens()[name];
  }

  saveTokens(name: string, tokens: Tokens | undefined): void {
    const { [name]: _, ...others } = this.#tokens();
    writePrivate(this.#path('tokens.json'), tokens === undefined ? others : { ...others, [name]: tokens });
  }

  #settings(): Settings {
    return read(this.#path('config.json'), Settings) ?? { profiles: {} };
  }

  #tokens(): Record<string, Tokens> {
    return read(this.#path('tokens.json'), TokenFile) ?? {};
  }

  #path(file: string): string {
    return join(this.directory, file);
  }
}

const read = <Value>(path: string, schema: z.ZodType<Value>): Value | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(
    exitCodes.usage,
    `${path} is not what \`mediakeep config\` writes (${issue?.path.join('.')}: ${issue?.message}). Correct it, or remove it and begin anew.`,
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Written aside and renamed, so that a kill leaves the old file or the new one. */
const writePrivate = (path: string, value: unknown): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
};
