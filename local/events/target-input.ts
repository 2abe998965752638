import { isJsonObject } from '../aws/json-object.ts';
import type { EnvelopedEvent } from './event.ts';

/** What of an event a target gets; the whole event unless one of these says otherwise. */
export interface InputShape {
  /** A fixed text. */
  readonly input?: string;
  /** A part of the event: `$.detail`. */
  readonly inputPath?: string;
  readonly transformer?: { readonly paths: Readonly<Record<string, string>>; readonly template: string };
}

/** The input as a target gets it: JSON text. */
export const shapeInput = ({ input, inputPath, transformer }: InputShape, event: EnvelopedEvent): string => {
  if (input !== undefined) return input;
  if (inputPath !== undefined) return JSON.stringify(valueAt(event, inputPath) ?? null);
  if (transformer === undefined) return JSON.stringify(event);
  return transformer.template.replaceAll(/"?<([^<>]+)>"?/g, (placeholder, name: string) => {
    const value = name === 'aws.events.event.json' ? event : valueAt(event, transformer.paths[name] ?? '');
    const isQuoted = placeholder.startsWith('"') && placeholder.endsWith('"');
    return typeof value === 'string' && !isQuoted ? value : JSON.stringify(value ?? null);
  });
};

const valueAt = (event: unknown, path: string): unknown =>
  path
    .replace(/^\$\.?/, '')
    .split('.')
    .filter((name) => name !== '')
    .reduce<unknown>((value, name) => (isJsonObject(value) ? value[name] : undefined), event);
