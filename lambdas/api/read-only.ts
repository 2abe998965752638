import { MediakeepError } from '../../core/error.ts';
import { type Operation, type Route, routes } from '../../core/routes.ts';

/** Reads that need what the second region has no copy of: uploads are still in quarantine, in the lost region. */
const needsHome: ReadonlySet<string> = new Set<Operation>(['getUpload']);

/** Works over many rows and changes none. */
const readsByPost: ReadonlySet<string> = new Set<Operation>(['simulateRetention']);

const reading: ReadonlySet<string> = new Set(
  routes
    .filter(
      ({ method, operation }: Route) => (method === 'GET' || readsByPost.has(operation)) && !needsHome.has(operation),
    )
    .map(({ operation }) => operation),
);

/** Throws `read-only` for an operation that cannot be had from the copies alone. */
export const requireReading = (operation: string): void => {
  if (reading.has(operation)) return;
  throw new MediakeepError(
    'read-only',
    `The home region is lost and its copies answer: they can be read, and ${operation} would be lost with the failback. Nothing was changed; repeat it when the home region is back.`,
  );
};
