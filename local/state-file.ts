import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';

const BucketNames = z.object({
  landing: z.string(),
  vault: z.string(),
  scratch: z.string(),
  audit: z.string(),
  logs: z.string(),
});

/** What a running platform tells its clients, in `.mediakeep/local.json`; readable by its owner only. */
export const LocalState = z.object({
  /** The one AWS endpoint. */
  endpoint: z.string(),
  /** The HTTP API. */
  api: z.string(),
  /** The token issuer and login page. */
  issuer: z.string(),
  regions: z.array(z.string()),
  buckets: BucketNames,
  /** The copies in the second region. */
  replicas: z.object({ vault: z.string(), audit: z.string() }),
  /** The role of jobs that copy what has no copy; one that ran before there was such a role names none. */
  batchReplicationRoleArn: z.string().optional(),
  tables: z.record(z.string(), z.string()),
  queues: z.record(z.string(), z.string()),
  functions: z.record(z.string(), z.string()),
  userPoolId: z.string(),
  /** Public client of CLI and console. */
  clientId: z.string(),
  users: z.array(z.object({ name: z.string(), role: z.string(), tenant: z.string(), token: z.string() })),
  /** An administrator's key pair for the AWS CLI and SDKs. */
  admin: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  pid: z.number().int(),
  startedAt: z.string(),
});
export type LocalState = z.infer<typeof LocalState>;

/** The folder in which a platform keeps its state, below the working folder unless told otherwise. */
export const defaultStateDir = '.mediakeep';

export const stateFile = (stateDir: string): string => join(resolve(stateDir), 'local.json');

/** Reads the state of a platform that runs, or ran; undefined where none ever did. */
export const readLocalState = (stateDir: string): LocalState | undefined => {
  let text: string;
  try {
    text = readFileSync(stateFile(stateDir), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = LocalState.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${stateFile(stateDir)} is not what this version writes. Start the platform anew, it writes it again.`,
  );
};

/** Written aside and renamed, so that a reader never sees half of it. */
export const writeLocalState = (stateDir: string, state: LocalState): void => {
  const file = stateFile(stateDir);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** True while the process that wrote the state is there. */
export const isRunning = ({ pid }: Pick<LocalState, 'pid'>): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
