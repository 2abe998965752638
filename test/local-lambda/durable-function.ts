import { resolve } from 'node:path';
import { build } from 'esbuild';
import { createFunction, type Platform } from './small-platform.ts';

const bundled = new Map<string, Promise<string>>();

/** A durable function's source with the SDK in it, as a deployment would bundle it. */
const bundle = (source: string): Promise<string> => {
  const known = bundled.get(source) ?? bundleAnew(source);
  bundled.set(source, known);
  return known;
};

const bundleAnew = async (source: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { withDurableExecution } from '@aws/durable-execution-sdk-js';\n${source}`,
      resolveDir: resolve(import.meta.dirname, '../..'),
    },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    minify: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as ofModule } from 'node:module';const require = ofModule(import.meta.url);",
    },
  });
  return outputFiles[0]?.text ?? '';
};

/**
 * A durable function behind the alias `live`; the source gives `handler = withDurableExecution(async (event, context) => …)`.
 * Answers the ARN of the alias.
 */
export const createDurableFunction = async (
  platform: Platform,
  source: string,
  { durable = {}, ...properties }: Record<string, unknown> & { durable?: object; id?: string } = {},
): Promise<{ arn: string; alias: string; name: string }> => {
  const { arn, name } = await createFunction(platform, await bundle(source), {
    DurableConfig: { ExecutionTimeout: 86_400, RetentionPeriodInDays: 7, ...durable },
    Timeout: 30,
    MemorySize: 256,
    ...properties,
  });
  const version = await publish(platform, name, '1');
  await point(platform, name, version);
  return { arn, alias: `${arn}:live`, name };
};

/** Publishes the code as it is; another id is another version. */
export const publish = async (platform: Platform, name: string, id: string): Promise<string> => {
  const { attributes } = await platform.create('AWS::Lambda::Version', `${name}Version${id}`, { FunctionName: name });
  return attributes['Version'] ?? '';
};

/** Points the alias `live` at a version. */
export const point = (platform: Platform, name: string, version: string) =>
  platform.create('AWS::Lambda::Alias', 'Live', { FunctionName: name, FunctionVersion: version, Name: 'live' });

export { bundle };
