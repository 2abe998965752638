import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What kind of data a resource holds, as bills and inventories group it. */
export type DataClassTag = 'content' | 'audit' | 'logs' | 'keys' | 'identity' | 'operations';

/** Tags constructs and what is in them with the kind of data they hold. */
export const tagDataClass = (groups: Partial<Record<DataClassTag, readonly IConstruct[]>>): void => {
  for (const [tag, constructs] of Object.entries(groups)) {
    for (const construct of constructs) Tags.of(construct).add('data-class', tag);
  }
};
