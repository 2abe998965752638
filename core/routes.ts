/** Requests per second and at once that one route admits over all callers, where the stage's default is too much. */
export interface RouteThrottle {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** One route of the HTTP API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/uploads/{assetId}/parts`. */
  readonly path: string;
  /** The `operationId` of the OpenAPI text. */
  readonly operation: string;
  /** Answers without a token. */
  readonly open?: true;
  readonly throttle?: RouteThrottle;
}

/**
 * Every route of the HTTP API: the gateway's routes and the function's handlers are both made from this list, so that
 * neither can know one that the other lacks. What matches none of them belongs to the gateway's `$default` route, behind the
 * same authorizer: the function then answers 404 or, on a path that exists with other methods, 405.
 */
export const routes = [
  { method: 'GET', path: '/health', operation: 'getHealth', open: true, throttle: { ratePerSecond: 20, burst: 40 } },
  {
    method: 'GET',
    path: '/openapi.json',
    operation: 'getOpenApi',
    open: true,
    throttle: { ratePerSecond: 5, burst: 10 },
  },
  { method: 'GET', path: '/classes', operation: 'listClasses' },
  { method: 'POST', path: '/uploads', operation: 'beginUpload' },
  { method: 'POST', path: '/uploads/{assetId}/parts', operation: 'signParts' },
  { method: 'POST', path: '/uploads/{assetId}/complete', operation: 'completeUpload' },
  { method: 'DELETE', path: '/uploads/{assetId}', operation: 'abortUpload' },
  { method: 'GET', path: '/uploads/{assetId}', operation: 'getUpload' },
  { method: 'GET', path: '/assets', operation: 'listAssets' },
  { method: 'GET', path: '/assets/{assetId}', operation: 'getAsset' },
  { method: 'GET', path: '/assets/{assetId}/versions', operation: 'listVersions' },
  { method: 'GET', path: '/assets/{assetId}/content', operation: 'getContent' },
  { method: 'PATCH', path: '/assets/{assetId}', operation: 'changeAsset' },
  { method: 'DELETE', path: '/assets/{assetId}', operation: 'deleteAsset' },
  { method: 'POST', path: '/assets/{assetId}/undelete', operation: 'undeleteAsset' },
  { method: 'POST', path: '/assets/{assetId}/purge', operation: 'purgeAsset' },
  { method: 'GET', path: '/assets/{assetId}/why', operation: 'explainAsset' },
  { method: 'POST', path: '/assets/{assetId}/archive', operation: 'archiveAsset' },
  { method: 'POST', path: '/jobs/archive', operation: 'startArchive' },
  { method: 'POST', path: '/jobs/restore', operation: 'startRestore' },
  { method: 'GET', path: '/jobs', operation: 'listJobs' },
  { method: 'GET', path: '/jobs/{jobId}', operation: 'getJob' },
  { method: 'POST', path: '/jobs/{jobId}/confirm', operation: 'confirmJob' },
  { method: 'POST', path: '/jobs/{jobId}/cancel', operation: 'cancelJob' },
  { method: 'POST', path: '/holds', operation: 'placeHold' },
  { method: 'GET', path: '/holds', operation: 'listHolds' },
  { method: 'POST', path: '/holds/{holdId}/release', operation: 'releaseHold' },
  { method: 'GET', path: '/retention', operation: 'showRetention' },
  { method: 'PUT', path: '/retention/classes/{class}', operation: 'setClassRetention' },
  { method: 'PUT', path: '/retention/users/{principal}/classes/{class}', operation: 'setUserRetention' },
  { method: 'POST', path: '/retention/simulate', operation: 'simulateRetention' },
  { method: 'GET', path: '/members', operation: 'listMembers' },
  { method: 'POST', path: '/members', operation: 'addMember', throttle: { ratePerSecond: 5, burst: 10 } },
  { method: 'PATCH', path: '/members/{principal}', operation: 'changeMember' },
  { method: 'DELETE', path: '/members/{principal}', operation: 'removeMember' },
  { method: 'GET', path: '/stats', operation: 'getStats' },
  { method: 'GET', path: '/stats/users', operation: 'listUsage' },
  { method: 'GET', path: '/me', operation: 'getMe' },
] as const satisfies readonly Route[];

/** The name of one operation of the API. */
export type Operation = (typeof routes)[number]['operation'];
