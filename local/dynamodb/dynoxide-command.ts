import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** Where DynamoDB comes from: a program to start, or an endpoint that somebody else runs. */
export type DynamoDbSource =
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'endpoint'; readonly url: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Finds DynamoDB: an endpoint that was named comes first, then the installed package, then a program on the path. */
export const findDynamoDb = (
  environment: Environment,
  packaged: () => string | undefined = packagedProgram,
): DynamoDbSource => {
  const url = environment['DYNAMODB_ENDPOINT'];
  if (url !== undefined && url !== '') return { kind: 'endpoint', url: endpointUrl(url) };
  const path = packaged() ?? programOnPath(environment['PATH'] ?? '');
  if (path !== undefined) return { kind: 'program', path };
  throw new Error(
    'The platform needs a DynamoDB and found none. One of three ways: on Linux x64 install the optional package ' +
      '`@dynoxide/linux-x64` (`npm ci` without `--omit=optional`); put a `dynoxide` program on the PATH; or set ' +
      'DYNAMODB_ENDPOINT to the URL of a DynamoDB that runs already, such as http://127.0.0.1:8000.',
  );
};

const endpointUrl = (text: string): string => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`DYNAMODB_ENDPOINT is ${JSON.stringify(text)}; it must be an http or https URL.`);
  }
  return url.origin;
};

const packagedProgram = (): string | undefined => {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return executable(join(manifest, '..', 'dynoxide'));
  } catch {
    // The package exists for Linux x64 only, and only where optional packages are installed: its absence is no fault.
    return undefined;
  }
};

const programOnPath = (path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => executable(join(folder, 'dynoxide')))
    .find((found) => found !== undefined);

const executable = (path: string): string | undefined => {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
};
