/** How to run a platform. */
export interface PlatformOptions {
  /** The synthesized app: `cdk.out`. */
  readonly assemblyDir: string;
  /** Where everything is kept; undefined keeps it for the life of the platform only. */
  readonly dataDir?: string | undefined;
  /** Where Node keeps what it compiled of the functions, for the next thread. @default a folder in `dataDir`; nowhere without one */
  readonly compileCacheDir?: string | undefined;
  readonly ports: PlatformPorts;
  /** Of stacks and requests that name no region. */
  readonly homeRegion: string;
  /** `PATH` and `DYNAMODB_ENDPOINT`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  /** From 0 to below 1: decides which requests a fault strikes. @default Math.random */
  readonly random?: () => number;
}

/** Where the platform listens on 127.0.0.1; 0 takes any free port. */
export interface PlatformPorts {
  /** The one AWS endpoint. */
  readonly endpoint: number;
  readonly api: number;
  readonly issuer: number;
}

/** The account that the platform stands for. */
export const localAccountId = '000000000000';

/** Three ports in a row; 0 leaves the choice to the machine. */
export const portsFrom = (base: number): PlatformPorts => ({
  endpoint: base,
  api: base === 0 ? 0 : base + 1,
  issuer: base === 0 ? 0 : base + 2,
});

export const defaultPort = 41810;
