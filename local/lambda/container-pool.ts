import type { Clock } from '../../core/time.ts';
import { utcDay } from '../../core/time.ts';
import type { SessionCredentials } from '../sts/session-store.ts';
import { Container } from './container.ts';
import { containerEnvironment } from './container-environment.ts';
import type { FunctionConfig } from './function-config.ts';

export interface ContainerPoolDeps {
  readonly clock: Clock;
  readonly clockOffset: SharedArrayBuffer;
  readonly cacheDir?: string;
  readonly newId: () => string;
  readonly endpoint: () => string;
  readonly dynamoDbEndpoint?: () => string;
  readonly credentialsFor: (roleArn: string, sessionName: string) => SessionCredentials;
  readonly onLine: (
    config: FunctionConfig,
    container: { logStreamName: string },
    line: string,
    requestId: string,
  ) => void;
  /** No more containers than this exist at once, busy or idle. */
  readonly maxContainers: number;
  /** An idle container is stopped after this time. */
  readonly idleMs: number;
}

/** A container whose credentials end sooner than this gets new ones with its next invocation: a journey would replace it each day. */
const renewCredentialsBeforeMs = 3_600_000;

/** Keeps containers warm between invocations and few in number; an idle one gives way when another function needs the room. */
export class ContainerPool {
  readonly #deps: ContainerPoolDeps;
  readonly #idle = new Set<Container>();
  readonly #busy = new Set<Container>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(deps: ContainerPoolDeps) {
    this.#deps = deps;
    this.#sweeper = setInterval(() => this.#stopLongIdle(), Math.max(deps.idleMs / 2, 50)).unref();
  }

  /** A warm container of this very version, or a new one. */
  take(config: FunctionConfig): { container: Container; isNew: boolean } {
    this.#dropUnusable(config);
    const warm = [...this.#idle].reverse().find((container) => container.options.config === config);
    if (warm !== undefined) {
      this.#idle.delete(warm);
      this.#busy.add(warm);
      this.#renewCredentials(warm);
      return { container: warm, isNew: false };
    }
    this.#makeRoom();
    const container = this.#start(config);
    this.#busy.add(container);
    return { container, isNew: true };
  }

  /** Takes a container back after its invocation. */
  give(container: Container): void {
    this.#busy.delete(container);
    if (container.isDead) return;
    container.idleSinceMs = performance.now();
    this.#idle.add(container);
  }

  get size(): number {
    return this.#idle.size + this.#busy.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    for (const container of [...this.#idle, ...this.#busy]) this.#stop(container);
    await Promise.all(this.#stopping);
  }

  #start(config: FunctionConfig): Container {
    const { clock, clockOffset, cacheDir, newId, endpoint, dynamoDbEndpoint, credentialsFor, onLine } = this.#deps;
    const credentials = credentialsFor(config.roleArn, config.name);
    const logStreamName = `${utcDay(clock.now()).replaceAll('-', '/')}/[${config.version}]${newId().replaceAll('-', '')}`;
    return new Container({
      config,
      clockOffset,
      ...(cacheDir !== undefined && { cacheDir }),
      logStreamName,
      credentials,
      environment: containerEnvironment({
        config,
        credentials,
        endpoint: endpoint(),
        dynamoDbEndpoint: dynamoDbEndpoint?.(),
        logStreamName,
      }),
      onLine: (line, requestId) => onLine(config, { logStreamName }, line, requestId),
    });
  }

  #renewCredentials(container: Container): void {
    if (container.credentialsExpireMs > this.#deps.clock.now() + renewCredentialsBeforeMs) return;
    const { roleArn, name } = container.options.config;
    container.renew(this.#deps.credentialsFor(roleArn, name));
  }

  /** Dead ones, and those whose version was replaced. */
  #dropUnusable(config: FunctionConfig): void {
    for (const container of this.#idle) {
      const { config: its } = container.options;
      const isReplaced = its.arn === config.arn && its.version === config.version && its !== config;
      if (container.isDead || isReplaced) this.#stop(container);
    }
  }

  #makeRoom(): void {
    if (this.size < this.#deps.maxContainers) return;
    const [oldest] = [...this.#idle].sort((a, b) => a.idleSinceMs - b.idleSinceMs);
    if (oldest !== undefined) this.#stop(oldest);
  }

  #stopLongIdle(): void {
    const before = performance.now() - this.#deps.idleMs;
    for (const container of this.#idle) if (container.idleSinceMs < before) this.#stop(container);
  }

  #stop(container: Container): void {
    this.#idle.delete(container);
    const stopping = container.stop().finally(() => this.#stopping.delete(stopping));
    this.#stopping.add(stopping);
  }
}
