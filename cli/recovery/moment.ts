import { CliError, exitCodes } from '../exit-codes.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `-5m`, `-2h`, `-3d`, `-30s` (before now) or an ISO time; throws a {@link CliError} for anything else. */
export const parseMoment = (text: string, nowMs: number): number => {
  const [, count, unit = ''] = /^-(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (unitMs[unit] ?? 0);
  const absolute = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(absolute)) return absolute;
  throw new CliError(exitCodes.usage, `\`${text}\` is no instant: write 2027-01-31T08:00:00Z, -5m, -2h or -3d.`);
};
