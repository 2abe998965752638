import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import type { DataClass } from '../../core/data-class.ts';
import { type Decision, decide } from '../../core/retention/decide.ts';
import type { HoldRow } from '../../core/retention/hold-row.ts';
import type { RetentionInputs, Statute } from '../../core/retention/inputs.ts';
import { inputsOf } from '../../core/retention/inputs-of.ts';
import type { RetentionTable } from './retention-table.ts';

/** What a decision takes from the configuration and from the table. */
export interface RetentionSources {
  readonly classes: readonly DataClass[];
  readonly statuteOf: (dataClass: string) => Statute | undefined;
  readonly table: RetentionTable;
}

/** A decision with what it rests on. */
export interface Decided {
  readonly decision: Decision;
  readonly inputs: RetentionInputs;
  readonly holds: readonly HoldRow[];
}

/** Every hold that covers an asset: its own, those of its case and of its data subject. */
export const holdsOver = async (
  tenant: string,
  { assetId, case: ofCase, subject }: Pick<AssetSummary, 'assetId' | 'case' | 'subject'>,
  table: Pick<RetentionTable, 'holdsOf'>,
): Promise<readonly HoldRow[]> => {
  const scopes = [
    table.holdsOf(tenant, 'asset', assetId),
    ...(ofCase === undefined ? [] : [table.holdsOf(tenant, 'case', ofCase)]),
    ...(subject === undefined ? [] : [table.holdsOf(tenant, 'subject', subject)]),
  ];
  return (await Promise.all(scopes)).flat();
};

/** Decides over an asset with everything that is known now. */
export const decideOver = async (
  { tenant, summary, detail }: Pick<AssetRow, 'tenant' | 'summary' | 'detail'>,
  { classes, statuteOf, table }: RetentionSources,
  now: number,
): Promise<Decided> => {
  const [rules, holds, caseStatus] = await Promise.all([
    table.rules(tenant),
    holdsOver(tenant, summary, table),
    summary.case === undefined ? undefined : table.caseStatus(tenant, summary.case),
  ]);
  const dataClass = classes.find(({ name }) => name === summary.dataClass);
  const statute = statuteOf(summary.dataClass);
  const inputs = inputsOf(summary, detail, {
    classRule: dataClass?.retention,
    classPacks: dataClass?.compress !== undefined,
    statute,
    rules,
    holds,
    caseStatus,
  });
  return { decision: decide(inputs, now), inputs, holds };
};

/**
 * Looks rules and cases up once: for one page of work, in which many assets share them. Holds are looked up each time, so that
 * one that is placed while the page is worked on counts at once.
 */
export const rememberedTable = (table: RetentionTable): RetentionTable => {
  const rules = new Map<string, ReturnType<RetentionTable['rules']>>();
  const statuses = new Map<string, ReturnType<RetentionTable['caseStatus']>>();
  return {
    rules: (tenant) => remember(rules, tenant, () => table.rules(tenant)),
    holdsOf: table.holdsOf,
    caseStatus: (tenant, caseId) =>
      remember(statuses, JSON.stringify([tenant, caseId]), () => table.caseStatus(tenant, caseId)),
  };
};

const remember = <Answer>(known: Map<string, Answer>, key: string, ask: () => Answer): Answer => {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
};
