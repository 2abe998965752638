import { createHash } from 'node:crypto';
import { hashKey } from '../../core/catalog/keys.ts';
import { type Finding, inReportOrder } from '../../core/compare/finding.ts';
import { MediakeepError } from '../../core/error.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import { metricNames } from '../../core/metric-names.ts';
import { observe } from '../../core/observe/observe.ts';
import { errorFields } from '../shared/error-fields.ts';
import { heal } from './heal.ts';
import type { ReconcileDeps } from './ports.ts';
import { type SettledFinding, type Tally, tallyOf } from './tally.ts';

/** What a stretch of a comparison found, and what is to become of it. */
export interface Found {
  readonly findings: readonly Finding[];
  /** Whether safe repairs are to be done. */
  readonly repair: boolean;
  /** Whether somebody has said that wrong counters are to be written anew. @default false */
  readonly recount?: boolean;
  /** `reports/reconcile/{job}/vault-000001`; what was found goes there. */
  readonly report: string;
  readonly seen: Pick<Tally, 'keys' | 'rows'>;
}

/** Does what is safe, writes the report of the stretch and counts. */
export const settle = async ({ findings, report, seen, ...asked }: Found, deps: ReconcileDeps): Promise<Tally> => {
  const settled: SettledFinding[] = [];
  for (const finding of inReportOrder(findings)) settled.push(await settleOne(finding, asked, deps));
  for (const finding of settled) deps.meter.count(metricNames.reconcileFindings, 1, { kind: finding.kind });
  if (settled.length > 0) await writePart(report, settled, deps);
  return tallyOf(settled, seen);
};

const settleOne = async (
  finding: Finding,
  { repair, recount = false }: Pick<Found, 'repair' | 'recount'>,
  deps: ReconcileDeps,
): Promise<SettledFinding> => {
  const told = withoutNames(finding);
  if (finding.repair === 'ask' && !(finding.action === 'recount' && recount)) return { ...told, settled: 'asked' };
  if (!repair) return { ...told, settled: 'proposed' };
  try {
    const isDone = await repairs[finding.action]?.(finding, deps);
    return { ...told, settled: isDone === true ? 'repaired' : 'proposed' };
  } catch (error) {
    if (!(error instanceof MediakeepError)) throw error;
    deps.log.warn('a repair failed', { tenant: finding.tenant, assetId: finding.assetId, ...errorFields(error) });
    return { ...told, settled: 'failed', failure: error.code };
  }
};

/** A report is kept for a year and more, and nobody can change it: a key that holds a file's name stays out of it. */
const withoutNames = ({ key, ...finding }: Finding): Omit<SettledFinding, 'settled'> =>
  finding.assetId === undefined ? { key, ...finding } : finding;

type Repair = (finding: Finding, deps: ReconcileDeps) => Promise<boolean>;

const look: Repair = async ({ tenant, assetId, key }, deps) => {
  if (tenant === undefined || assetId === undefined) return false;
  const isFacts = parseFactsKey(key) !== undefined;
  await observe({ tenant, assetId, ...(!isFacts && { key }) }, { kind: 'look' }, deps);
  return true;
};

/** The link goes only while it names the asset that does not have the content; then the look puts the right one. */
const removeLink: Repair = async (finding, deps) => {
  const { tenant = '', assetId = '' } = finding;
  const row = await deps.catalog.readAsset(tenant, assetId);
  if (row === undefined) return false;
  const { sha256, bytes, dataClass, subject, case: ofCase } = row.summary;
  if (sha256 === undefined) return false;
  const key = hashKey({ tenant, sha256, bytes, dataClass, subject, case: ofCase });
  const [link] = await deps.read([key]);
  const holder = link?.['assetId'];
  if (typeof holder === 'string' && holder !== assetId) await deps.removeLink(key, holder);
  return look(finding, deps);
};

const resend: Repair = async ({ key, versionIds, landedAt }, deps) => {
  const [versionId] = versionIds ?? [];
  if (versionId === undefined || landedAt === undefined) return false;
  await deps.resend({ key, versionId, at: landedAt });
  return true;
};

const recountOne: Repair = async ({ count, tenant = '' }, deps) => {
  if (count === undefined) return false;
  await deps.addToCounter({ ...count, tenant });
  return true;
};

/** What is not here is started by whoever asked for the repairs: a copy to the second region is a job of S3's own. */
const repairs: Readonly<Partial<Record<Finding['action'], Repair>>> = {
  observe: look,
  'remove-link': removeLink,
  recount: recountOne,
  resend,
  heal,
};

/** The name holds a digest, so that a stretch that is done twice keeps what it found the first time. */
const writePart = async (report: string, findings: readonly SettledFinding[], deps: ReconcileDeps): Promise<void> => {
  const body = `${JSON.stringify({ v: 1, findings }, undefined, 1)}\n`;
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  await deps.reports.put(`${report}-${digest}.json`, body);
};
