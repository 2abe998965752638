import type { AssetSummary } from '../../../core/catalog/asset-row.ts';
import { classPartition, indexNames } from '../../../core/catalog/keys.ts';
import type { DataClass, RetentionRule } from '../../../core/data-class.ts';
import { MediakeepError } from '../../../core/error.ts';
import { parseDuration } from '../../../core/retention/duration.ts';
import { coversAsset, type HoldSummary } from '../../../core/retention/hold-row.ts';
import { inputsOf } from '../../../core/retention/inputs-of.ts';
import type { SimulatedAsset } from '../../../core/retention/simulate.ts';
import type { SimulateRetention } from '../../../core/schemas/retention.ts';
import { rememberedTable } from '../../shared/retention-facts.ts';
import type { Caller } from '../membership.ts';
import type { Position } from '../ports.ts';
import type { Services } from '../services.ts';
import { findClass } from './class-retention.ts';

/** Assets of one page, each under the rules as they are and as they would be, and where the next page begins. */
export interface SimulationPage {
  readonly assets: readonly SimulatedAsset[];
  readonly next: Position | undefined;
}

type Changes = SimulateRetention['changes'];

/** One answer of the table holds about so many summaries. */
const pageSize = 1000;
/** The attribute of a position that says in which class it lies. */
const classOf = 'class';

/** Takes the next assets of the classes that would be changed; only these can come to another end. */
export const simulationPage = async (
  changes: Changes,
  position: Position | undefined,
  caller: Caller,
  services: Services,
): Promise<SimulationPage> => {
  const { tenant } = caller;
  const names = changes.map((change) => change.class);
  const name = position?.[classOf] ?? names[0] ?? '';
  const dataClass = findClass(services.classes, name);
  const { [classOf]: _class, ...key } = position ?? {};
  const query = { index: indexNames.byKind, partition: classPartition(tenant, name), oldestFirst: true };
  const start = Object.keys(key).length === 0 ? undefined : key;
  const [page, holds] = await Promise.all([
    services.catalog.summaries(query, pageSize, start),
    allHolds(tenant, services),
  ]);
  const afterwards = changedRule(dataClass, changes);
  const table = rememberedTable(services.retention);
  const assets = await Promise.all(
    page.items.map((summary) => simulated(summary, { tenant, dataClass, afterwards, holds, table }, services)),
  );
  const following = names[names.indexOf(name) + 1];
  const next = page.next ?? (following === undefined ? undefined : {});
  return { assets, next: next && { ...next, [classOf]: page.next === undefined ? (following ?? name) : name } };
};

interface Together {
  readonly tenant: string;
  readonly dataClass: DataClass;
  readonly afterwards: RetentionRule;
  readonly holds: readonly HoldSummary[];
  readonly table: Services['retention'];
}

const simulated = async (
  summary: AssetSummary,
  { tenant, dataClass, afterwards, holds, table }: Together,
  { statuteOf }: Services,
): Promise<SimulatedAsset> => {
  const [rules, caseStatus] = await Promise.all([
    table.rules(tenant),
    summary.case === undefined ? undefined : table.caseStatus(tenant, summary.case),
  ]);
  const over = holds.filter((hold) => coversAsset(hold, summary)).map((hold) => ({ summary: hold }));
  const classPacks = dataClass.compress !== undefined;
  const facts = { classPacks, statute: statuteOf(dataClass.name), rules, holds: over, caseStatus };
  return {
    bytes: summary.bytes,
    before: inputsOf(summary, {}, { ...facts, classRule: dataClass.retention }),
    after: inputsOf(summary, {}, { ...facts, classRule: afterwards }),
  };
};

const allHolds = async (tenant: string, { holds }: Services): Promise<readonly HoldSummary[]> => {
  const all: HoldSummary[] = [];
  let position: Position | undefined;
  do {
    const page = await holds.list(tenant, 200, position);
    all.push(...page.items);
    position = page.next;
  } while (position !== undefined);
  return all;
};

/** The rule of the class with what would be changed; `cold` and its time belong together. */
const changedRule = ({ name, retention }: DataClass, changes: Changes): RetentionRule => {
  const change = changes.find((one) => one.class === name);
  const told = (text: string | null | undefined, known: number | undefined): number | undefined =>
    text === undefined ? known : text === null ? undefined : span(text);
  const deleteAfter = told(change?.deleteAfter, retention.deleteAfter);
  const coldAfter = told(change?.coldAfter, retention.coldAfter);
  const cold = change?.cold ?? retention.cold;
  if (coldAfter !== undefined && cold === undefined) {
    throw new MediakeepError('unprocessable', `The class ${name} has no cold class; name one with \`cold\`.`);
  }
  return {
    ...(retention.floor !== undefined && { floor: retention.floor }),
    ...(deleteAfter !== undefined && { deleteAfter }),
    ...(coldAfter !== undefined && { coldAfter, cold }),
  };
};

const span = (text: string): number => {
  const ms = parseDuration(text) ?? 0;
  if (ms > 0) return ms;
  throw new MediakeepError('unprocessable', `A time after creation has to be positive; \`${text}\` is not.`);
};
