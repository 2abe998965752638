import { Deployment } from '../config/deployment.ts';

/**
 * Values of a deployment that the command line gives instead of the file: `cdk synth -c name=other -c retainData=false`.
 * What is no plain word is written as JSON; whether it is allowed is checked with the rest.
 */
export const overrides = (context: (name: string) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(Deployment.shape)
      .map((name): [string, unknown] => [name, context(name)])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? fromText(value) : value]),
  );

const fromText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
