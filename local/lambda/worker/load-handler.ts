import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './reported-error.ts';

/** A handler of the Node.js 24 runtime: event and context in, answer or promise out. */
export type Handler = (event: unknown, context: object) => unknown;

const extensions = ['.mjs', '.js', '.cjs'];

/** Loads `folder/file.export` of the code; errors bear the names that Lambda gives them. */
export const loadHandler = async (codePath: string, handler: string): Promise<Handler> => {
  const match = /^(.*\/)?([^/.]+)\.(.+)$/.exec(handler);
  const [, folder = '', file = '', name = ''] = match ?? [];
  if (match === null || handler.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler ${handler}: it must be file.export.`);
  }
  const path = extensions.map((extension) => join(codePath, folder, file + extension)).find(existsSync);
  if (path === undefined) {
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${folder}${file}'`);
  }
  const found = exportOf(await importModule(path), name);
  if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'Node.js 24 has no callback handlers: use an async function.',
    );
  }
  return (event, context) => Reflect.apply(found, undefined, [event, context]);
};

const importModule = async (path: string): Promise<unknown> => {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    throw error;
  }
};

const exportOf = (module: unknown, path: string): unknown =>
  path.split('.').reduce((at, name) => member(at, name) ?? member(member(at, 'default'), name), module);

const member = (value: unknown, name: string): unknown =>
  (typeof value === 'object' || typeof value === 'function') && value !== null ? Reflect.get(value, name) : undefined;
