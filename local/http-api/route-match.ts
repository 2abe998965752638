import type { Route } from './api-model.ts';

/** The route that a request takes, with the values of its path variables. */
export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Chooses the most specific route: a path that fits in full before one with a greedy variable, fixed segments before
 * variables, the longer greedy path before the shorter, the method itself before `ANY`; `$default` comes last. Paths are
 * compared with their case, and a trailing slash is part of the path.
 */
export const matchRoute = (routes: Iterable<Route>, method: string, path: string): RouteMatch | undefined => {
  const segments = path.split('/').slice(1);
  let best: Candidate | undefined;
  let fallback: Route | undefined;
  for (const route of routes) {
    if (route.key === '$default') fallback = route;
    const candidate = candidateFor(route, method, segments);
    if (candidate !== undefined && (best === undefined || candidate.rank > best.rank)) best = candidate;
  }
  if (best !== undefined) return { route: best.route, pathParameters: best.pathParameters };
  return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
};

interface Candidate extends RouteMatch {
  /** Compares as text: a digit per segment, the method last. */
  readonly rank: string;
}

const candidateFor = (route: Route, method: string, segments: readonly string[]): Candidate | undefined => {
  const [routeMethod, routePath] = route.key.split(' ');
  if (routePath === undefined || (routeMethod !== 'ANY' && routeMethod !== method)) return undefined;
  const parameters: Record<string, string> = {};
  let rank = '';
  const pattern = routePath.split('/').slice(1);
  for (const [index, part] of pattern.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      const rest = segments.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[greedy] = rest;
      return { route, pathParameters: parameters, rank: `0${rank}${methodRank(routeMethod)}` };
    }
    const segment = segments[index];
    const variable = /^\{(.+)\}$/.exec(part)?.[1];
    if (segment === undefined || (variable === undefined ? segment !== part : segment === '')) return undefined;
    if (variable !== undefined) parameters[variable] = segment;
    rank += variable === undefined ? '2' : '1';
  }
  if (pattern.length !== segments.length) return undefined;
  return { route, pathParameters: parameters, rank: `1${rank}${methodRank(routeMethod)}` };
};

const methodRank = (method: string | undefined): string => (method === 'ANY' ? '0' : '1');
