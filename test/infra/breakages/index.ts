import { alarms } from './alarm-breakages.ts';
import { apis } from './api-breakages.ts';
import { backups } from './backup-breakages.ts';
import type { Breakage } from './broken-templates.ts';
import { buckets } from './bucket-breakages.ts';
import { functions } from './function-breakages.ts';
import { identities } from './identity-breakages.ts';
import { keys } from './key-breakages.ts';
import { lifecycles } from './lifecycle-breakages.ts';
import { queues } from './queue-breakages.ts';
import { replications } from './replication-breakages.ts';
import { roles } from './role-breakages.ts';
import { streams } from './stream-breakages.ts';
import { tables } from './table-breakages.ts';
import { templates } from './template-breakages.ts';

/** Every way in which the tests spoil the templates. */
export const breakages: readonly Breakage[] = [
  ...buckets,
  ...lifecycles,
  ...replications,
  ...keys,
  ...queues,
  ...streams,
  ...functions,
  ...roles,
  ...tables,
  ...backups,
  ...apis,
  ...identities,
  ...alarms,
  ...templates,
];
