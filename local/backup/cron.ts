import { days } from '../../core/time.ts';

const names: Readonly<Record<string, number>> = {
  SUN: 1,
  MON: 2,
  TUE: 3,
  WED: 4,
  THU: 5,
  FRI: 6,
  SAT: 7,
};
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

type Field = (value: number) => boolean;

/** When a schedule of AWS Backup falls due: `cron(minutes hours day-of-month month day-of-week year)`, in UTC. */
export interface CronSchedule {
  /** The instants after `fromMs` and up to `toMs`. */
  between(fromMs: number, toMs: number): number[];
}

/** Reads a schedule; throws a RangeError for one that it does not know. */
export const parseCron = (expression: string): CronSchedule => {
  const fields = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(expression)?.slice(1);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = (fields ?? []).map((text) =>
    parseField(text, expression),
  );
  if (!minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year) throw unknown(expression);
  const isDay = (day: Date): boolean =>
    dayOfMonth(day.getUTCDate()) &&
    month(day.getUTCMonth() + 1) &&
    dayOfWeek(day.getUTCDay() + 1) &&
    year(day.getUTCFullYear());
  const times = range(24)
    .filter(hours)
    .flatMap((hour) =>
      range(60)
        .filter(minutes)
        .map((minute) => (hour * 60 + minute) * 60_000),
    );
  return {
    between(fromMs, toMs) {
      const found: number[] = [];
      for (let day = Math.floor(fromMs / days(1)) * days(1); day <= toMs; day += days(1)) {
        if (!isDay(new Date(day))) continue;
        found.push(...times.map((time) => day + time).filter((instant) => instant > fromMs && instant <= toMs));
      }
      return found;
    },
  };
};

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const parseField = (text: string, expression: string): Field => {
  if (text === '*' || text === '?') return () => true;
  const parts = text.split(',').map((part) => parsePart(part, expression));
  return (value) => parts.some((part) => part(value));
};

const parsePart = (text: string, expression: string): Field => {
  const step = /^(\*|\d+)\/(\d+)$/.exec(text);
  if (step !== null) {
    const [start, every] = [step[1] === '*' ? 0 : Number(step[1]), Number(step[2])];
    return (value) => value >= start && (value - start) % every === 0;
  }
  const [from, to = from] = text.split('-').map((word) => numberOf(word, expression));
  return (value) => value >= (from ?? 0) && value <= (to ?? 0);
};

const numberOf = (word: string, expression: string): number => {
  const monthNumber = months.indexOf(word) + 1;
  const value = names[word] ?? (monthNumber > 0 ? monthNumber : Number(word));
  if (!Number.isInteger(value)) throw unknown(expression);
  return value;
};

const unknown = (expression: string): RangeError =>
  new RangeError(`The schedule \`${expression}\` is not one that the platform knows.`);
