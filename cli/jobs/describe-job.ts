import { amount } from '../../core/amount.ts';
import type { Job, JobEstimate } from '../../core/schemas/job.ts';
import { formatBytes, printable } from '../output.ts';

/** What a job would do, take and cost, in lines. */
export const estimateLines = (estimate: JobEstimate): string[] => {
  const { assets, objects, bytes, untouched, hours, cost, minimumDays, minimumCharge } = estimate;
  const held = Object.entries(estimate.byStorageClass).map(([name, each]) => `${each.objects} in ${name}`);
  const lines = [
    `${amount(assets, 'asset')}, ${formatBytes(bytes)}, ${amount(objects, 'request')} to S3${held.length > 0 ? ` (${held.join(', ')})` : ''}`,
    ...(untouched > 0 ? [`${amount(untouched, 'asset')} left as before`] : []),
    `takes ${inWords(hours)} at most`,
    `costs ${money(cost.total)}${parts(cost)} (list prices of ${cost.asOf}${cost.estimated ? ', some estimated' : ''})`,
  ];
  if (cost.perMonthAfter !== undefined && cost.perMonthBefore !== undefined) {
    lines.push(`a month in storage: ${money(cost.perMonthBefore)} now, ${money(cost.perMonthAfter)} then`);
  }
  if (minimumDays > 0) {
    lines.push(
      `the storage class is charged for ${amount(minimumDays, 'day')} at least: ${money(minimumCharge)} in all`,
    );
  }
  return lines;
};

const parts = ({ retrieval, copies, requests }: JobEstimate['cost']): string => {
  if (retrieval === undefined || copies === undefined) return '';
  return `: requests ${money(requests)}, retrieval ${money(retrieval)}, keeping the copies ${money(copies)}`;
};

const money = (amount: number): string => `$${amount < 0.01 && amount > 0 ? amount.toFixed(4) : amount.toFixed(2)}`;

const inWords = (hours: number): string => {
  if (hours < 1) return amount(Math.max(1, Math.round(hours * 60)), 'minute');
  return hours <= 48 ? amount(Math.round(hours), 'hour') : amount(Math.round(hours / 24), 'day');
};

/** A job as people read it. */
export const jobLines = (job: Job): string[] => {
  const { jobId, state, createdAt, createdBy, input, progress, result, failure, estimate } = job;
  const told = (name: string, value: unknown): string => `${name.padEnd(10)} ${printable(plain(value))}`;
  return [
    told('job', `${jobId} (${job.job})`),
    told('state', state),
    told('begun', `${createdAt} by ${createdBy}`),
    ...Object.entries(input).map(([name, value]) => told(name, value)),
    ...(estimate === undefined ? [] : estimateLines(estimate).map((line) => told('', line))),
    ...(Object.keys(progress).length > 0 ? [told('progress', counts(progress))] : []),
    ...(result === undefined ? [] : [told('result', counts(result))]),
    ...(failure === undefined ? [] : [told('failure', `${failure.code}: ${failure.message}`)]),
    ...(state === 'waiting' ? [told('', `begin it with \`mediakeep job ${jobId} --confirm\``)] : []),
  ];
};

const counts = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${plain(value)}`)
    .join(', ');

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
