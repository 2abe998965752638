import { MediakeepError } from '../../core/error.ts';
import { routes } from '../../core/routes.ts';
import { problemResponse } from './reply.ts';

/** Answers what no route has: 405 with `Allow` on a path that exists with other methods, 404 on any other. */
export const refuseUnknown = (path: string, requestId: string): Response => {
  const allowed = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (allowed.length === 0) {
    const error = new MediakeepError('not-found', 'No route has this path; GET /openapi.json lists them.');
    return problemResponse(error, requestId);
  }
  const error = new MediakeepError('method-not-allowed', `This path has ${allowed.join(', ')}.`);
  return problemResponse(error, requestId, { allow: allowed.join(', ') });
};

const patterns = routes.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));
