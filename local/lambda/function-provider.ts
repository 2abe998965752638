import { existsSync } from 'node:fs';
import * as z from 'zod';
import { days } from '../../core/time.ts';
import { readProperties, resourceError, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, TemplateResource } from '../aws/service.ts';
import { isReservedVariable } from './container-environment.ts';
import { type FunctionConfig, functionArn } from './function-config.ts';
import type { Lambda } from './lambda.ts';
import type { LambdaProviderDeps } from './resource-providers.ts';

const nothing = z.array(z.unknown()).max(0, 'layers are not offered; bundle what the function needs').optional();

const functionProperties = {
  FunctionName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  Description: z.string().optional(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only Node.js runtimes run on the embedded platform'),
  Handler: z.string(),
  Role: z.string().startsWith('arn:'),
  /** The interpreter puts the folder of the asset here as `localPath`. */
  Code: z.looseObject({ localPath: z.string('the code is not an asset of this app: `localPath` is missing') }),
  Timeout: templateNumber.pipe(z.number().min(1).max(900)).optional(),
  MemorySize: templateNumber.pipe(z.number().min(128).max(10_240)).optional(),
  ReservedConcurrentExecutions: templateNumber.optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).optional() }).optional(),
  DurableConfig: z
    .strictObject({
      ExecutionTimeout: templateNumber.pipe(z.number().min(1).max(31_622_400)),
      RetentionPeriodInDays: templateNumber.pipe(z.number().min(1).max(90)).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string().startsWith('arn:aws:sqs:') }).optional(),
  TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']) }).optional(),
  PackageType: z.literal('Zip').optional(),
  Layers: nothing,
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.literal('Text', 'structured lines come from the function itself; only Text is offered').optional(),
      ApplicationLogLevel: z.string().optional(),
      SystemLogLevel: z.string().optional(),
    })
    .optional(),
};

const withoutLocalEffect = {
  Architectures: 'the bundles are JavaScript and run on any processor',
  EphemeralStorage: 'functions use the temporary folder of the machine',
  KmsKeyArn: 'the environment of a function is not stored outside the template',
  RecursiveLoop: 'nothing watches for loops on one machine',
  RuntimeManagementConfig: 'the runtime is the Node.js of the platform',
  Tags: 'no policy of the platform asks for the tags of a function',
};

/** Creates or changes a function; running executions end with the code that they began with. */
export const createFunction = (
  lambda: Lambda,
  deps: LambdaProviderDeps,
  resource: TemplateResource,
): CreatedResource => {
  const config = configOf(deps, resource);
  refuseRole(deps, resource, config.roleArn);
  if (!existsSync(config.codePath))
    throw resourceError(resource, `its code is missing: ${config.codePath} does not exist.`);
  const before = lambda.functions.find(config.arn);
  const isSame = before !== undefined && isEqualConfig(before, config);
  if (!isSame) lambda.functions.put(config);
  return { ref: config.name, attributes: { Arn: config.arn } };
};

const configOf = ({ clock }: LambdaProviderDeps, resource: TemplateResource): FunctionConfig => {
  const properties = readProperties(resource, functionProperties, withoutLocalEffect);
  const { region, accountId } = resource;
  const name = properties.FunctionName ?? resource.generatedName.slice(-64).replace(/^-+/, '');
  const environment = properties.Environment?.Variables ?? {};
  const reserved = Object.keys(environment).find(isReservedVariable);
  if (reserved !== undefined)
    throw resourceError(resource, `\`Environment\`: Lambda reserves the variable ${reserved}.`);
  const {
    ReservedConcurrentExecutions: reservedConcurrency,
    DeadLetterConfig,
    LoggingConfig,
    DurableConfig,
  } = properties;
  return {
    name,
    arn: functionArn({ name, region, accountId }),
    region,
    accountId,
    version: '$LATEST',
    description: properties.Description ?? '',
    runtime: properties.Runtime,
    handler: properties.Handler,
    codePath: properties.Code.localPath,
    roleArn: properties.Role,
    timeoutMs: (properties.Timeout ?? 3) * 1000,
    memoryMiB: properties.MemorySize ?? 128,
    environment,
    logGroupName: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    tracing: properties.TracingConfig?.Mode === 'Active',
    modifiedMs: clock.now(),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    ...(LoggingConfig?.ApplicationLogLevel !== undefined && { logLevel: LoggingConfig.ApplicationLogLevel }),
    ...(DeadLetterConfig !== undefined && { deadLetterArn: DeadLetterConfig.TargetArn }),
    ...(DurableConfig !== undefined && {
      durable: {
        executionTimeoutMs: DurableConfig.ExecutionTimeout * 1000,
        retentionMs: days(DurableConfig.RetentionPeriodInDays ?? 14),
      },
    }),
  };
};

const refuseRole = ({ credentials }: LambdaProviderDeps, resource: TemplateResource, roleArn: string): void => {
  try {
    credentials.roles.refuseUnlessAssumable(roleArn, 'lambda.amazonaws.com');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw resourceError(resource, `the role defined for the function cannot be assumed by Lambda: ${reason}`);
  }
};

const isEqualConfig = (a: FunctionConfig, b: FunctionConfig): boolean =>
  JSON.stringify({ ...a, modifiedMs: 0 }) === JSON.stringify({ ...b, modifiedMs: 0 });
