import type { DataClass } from '../../../core/data-class.ts';
import { type Endpoint, openEndpoint } from '../endpoint.ts';

/** The text of the API, made from the same schemas that check every request; made once. */
export const createGetOpenApi = (describe: (classes: readonly DataClass[]) => object): Endpoint => {
  let text: object | undefined;
  return openEndpoint({
    operation: 'getOpenApi',
    summary: 'This document',
    answers: { 200: undefined },
    run: async ({ classes }) => {
      text ??= describe(classes);
      return { status: 200, body: text, headers: { 'cache-control': 'public, max-age=300' } };
    },
  });
};
