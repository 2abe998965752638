import { alarmRules } from './alarm-rules.ts';
import { apiRules } from './api-rules.ts';
import { backupRules } from './backup-rules.ts';
import { bucketRules } from './bucket-rules.ts';
import { functionRules } from './function-rules.ts';
import { identityRules } from './identity-rules.ts';
import { keyRules } from './key-rules.ts';
import { lifecycleRules } from './lifecycle-rules.ts';
import { queueRules } from './queue-rules.ts';
import { replicationRules } from './replication-rules.ts';
import { roleRules } from './role-rules.ts';
import type { Rule } from './rule.ts';
import { streamRules } from './stream-rules.ts';
import { tableRules } from './table-rules.ts';
import { templateRules } from './template-rules.ts';

/** Every rule that the templates are held to, at each synthesis and in each test run. */
export const rules: readonly Rule[] = [
  ...bucketRules,
  ...lifecycleRules,
  ...replicationRules,
  ...keyRules,
  ...queueRules,
  ...streamRules,
  ...functionRules,
  ...roleRules,
  ...tableRules,
  ...backupRules,
  ...apiRules,
  ...identityRules,
  ...alarmRules,
  ...templateRules,
];
