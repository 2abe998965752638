import { isoTime } from '../../core/time.ts';
import type { SessionCredentials } from '../sts/session-store.ts';
import type { FunctionConfig } from './function-config.ts';

export interface ContainerEnvironmentInput {
  readonly config: FunctionConfig;
  readonly credentials: SessionCredentials;
  readonly endpoint: string;
  readonly dynamoDbEndpoint?: string | undefined;
  readonly logStreamName: string;
}

/**
 * The environment of a function: the template's variables and those that Lambda sets, and nothing of the machine's own. The
 * SDK is kept away from the AWS configuration files of whoever runs the platform.
 */
export const containerEnvironment = (input: ContainerEnvironmentInput): Record<string, string> => {
  const { config, credentials, endpoint, dynamoDbEndpoint, logStreamName } = input;
  return {
    ...config.environment,
    _HANDLER: config.handler,
    ...credentialVariables(credentials),
    AWS_REGION: config.region,
    AWS_DEFAULT_REGION: config.region,
    AWS_ENDPOINT_URL: endpoint,
    ...(dynamoDbEndpoint !== undefined && { AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint }),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: config.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMiB),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    ...(config.logLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: config.logLevel }),
    LAMBDA_TASK_ROOT: config.codePath,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin/:/bin',
    TZ: ':UTC',
  };
};

/** The variables in which a function finds its role's session; the SDK looks there again when it is about to end. */
export const credentialVariables = (credentials: SessionCredentials): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_CREDENTIAL_EXPIRATION: isoTime(credentials.expiresMs),
});

/** Names that Lambda keeps for itself; a template that sets one is refused, as it would be on AWS. */
export const isReservedVariable = (name: string): boolean =>
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_DEFAULT_REGION|AWS_REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION|LOG|INITIALIZATION|RUNTIME)_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/.test(
    name,
  );
