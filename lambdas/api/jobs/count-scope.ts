import { describeScope, scopeQuery } from '../../../core/archive/scope.ts';
import type { AssetSummary } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { JobScope } from '../../../core/schemas/job.ts';
import { expectStored, findAsset } from '../assets/find.ts';
import type { Caller } from '../membership.ts';
import type { Position } from '../ports.ts';
import type { Services } from '../services.ts';

/** So many assets are counted before the answer; a gateway waits no longer. */
export const mostCounted = 20_000;
const pageSize = 1_000;

/** The stored assets of a scope, for a count before the job. Throws where there are none, or more than one request can count. */
export const assetsOfScope = async (
  scope: JobScope,
  caller: Caller,
  services: Pick<Services, 'catalog' | 'permits' | 'classes'>,
): Promise<readonly AssetSummary[]> => {
  if (scope.asset !== undefined) {
    const row = await findAsset(scope.asset, 'getAsset', caller, services);
    expectStored(row);
    return [row.summary];
  }
  expectClass(scope, services);
  const query = scopeQuery(caller.tenant, scope);
  if (query === undefined) throw new Error('A scope without an asset is a query.');
  const found: AssetSummary[] = [];
  let position: Position | undefined;
  do {
    const page = await services.catalog.summaries({ ...query, oldestFirst: true }, pageSize, position);
    found.push(...page.items);
    position = page.next;
    if (found.length > mostCounted) throw tooMany(scope);
  } while (position !== undefined);
  const stored = found.filter(({ state }) => state === 'stored');
  if (stored.length > 0) return stored;
  throw new MediakeepError('unprocessable', `There is no asset in ${describeScope(scope)}; check its name.`);
};

const expectClass = (scope: JobScope, { classes }: Pick<Services, 'classes'>): void => {
  if (scope.class === undefined || classes.some(({ name }) => name === scope.class)) return;
  const message = `must be one of ${classes.map(({ name }) => name).join(', ')}`;
  throw new MediakeepError('bad-request', `The body is not valid: /class ${message}.`, {
    fields: [{ pointer: '/class', message }],
  });
};

const tooMany = (scope: JobScope): MediakeepError =>
  new MediakeepError(
    'too-large',
    `${describeScope(scope)} holds more than ${mostCounted} assets; do it in parts, by \`from\` and \`to\`.`,
  );
