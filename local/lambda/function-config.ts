/** One version of a function as it runs; a change makes a new object, and containers of the old one are not used again. */
export interface FunctionConfig {
  readonly name: string;
  /** Without a qualifier. */
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly description: string;
  readonly runtime: string;
  readonly handler: string;
  /** The folder that holds the code. */
  readonly codePath: string;
  readonly roleArn: string;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly logGroupName: string;
  readonly logLevel?: string;
  /** The queue that takes asynchronous events which could not be processed. */
  readonly deadLetterArn?: string;
  /** Its executions are durable and outlive an invocation. */
  readonly durable?: { readonly executionTimeoutMs: number; readonly retentionMs: number };
  readonly tracing: boolean;
  readonly modifiedMs: number;
}

/** `arn:aws:lambda:{region}:{account}:function:{name}` */
export const functionArn = ({ name, region, accountId }: { name: string; region: string; accountId: string }): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

/** A function as requests name it: by name, partial ARN or ARN, each with a qualifier or without. */
export interface FunctionReference {
  readonly arn: string;
  readonly qualifier?: string;
}

const referenceForm =
  /^(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[A-Za-z0-9_-]{1,64})(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** Reads a reference; undefined for what is none, or for another region or account than the request's. */
export const parseFunctionReference = (
  text: string,
  request: { region: string; accountId: string; qualifier?: string },
): FunctionReference | undefined => {
  const groups = referenceForm.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { region = request.region, account = request.accountId, name = '', qualifier = request.qualifier } = groups;
  if (region !== request.region || account !== request.accountId) return undefined;
  const arn = functionArn({ name, region, accountId: account });
  return { arn, ...(qualifier !== undefined && { qualifier }) };
};
