import { days } from '../time.ts';

const hourMs = 3_600_000;
/** So many hours without anything are worth a look. */
const silentHours = 3;
/** So many days are looked back, and on so many of them something came in the same hours. */
const daysBack = 7;
const usualDays = 5;

/** The hours that {@link isArrivalMissing} wants to know: `[fromMs, toMs)`, the last one being the hour that has ended. */
export const arrivalWindow = (nowMs: number): { fromMs: number; toMs: number; periodMs: number } => {
  const toMs = Math.floor(nowMs / hourMs) * hourMs;
  return { fromMs: toMs - days(daysBack) - silentHours * hourMs, toMs, periodMs: hourMs };
};

/**
 * True where nothing came in the last three full hours, and something did in the same hours of at least five of the seven days
 * before. `arrivals` is what came, by the begin of the hour in milliseconds; an hour that is not there had nothing.
 */
export const isArrivalMissing = (arrivals: ReadonlyMap<number, number>, nowMs: number): boolean => {
  const { toMs } = arrivalWindow(nowMs);
  const cameBefore = (endMs: number) =>
    Array.from({ length: silentHours }, (_, index) => arrivals.get(endMs - (index + 1) * hourMs) ?? 0).some(
      (count) => count > 0,
    );
  if (cameBefore(toMs)) return false;
  const before = Array.from({ length: daysBack }, (_, index) => cameBefore(toMs - days(index + 1)));
  return before.filter(Boolean).length >= usualDays;
};
