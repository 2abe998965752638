import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the CPU time of processes in hundredths of a second. */
const tickMs = 10;

/** CPU time of a process and all its living descendants since they began, user and system, in milliseconds. */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may itself contain some; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) * tickMs;
  return childrenOf(pid).reduce((sum, child) => sum + cpuMs(child), own);
};

const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '))
    .filter((child) => child !== '')
    .map(Number);

/** A process and all its descendants. */
export const family = (pid: number): number[] => {
  const parents = new Map(processIds().map((id) => [id, parentOf(id)]));
  const descends = (id: number | undefined): boolean =>
    id === pid || (id !== undefined && id > 1 && descends(parents.get(id)));
  return [...parents.keys()].filter(descends);
};

/** True while a process runs; one that has ended and waits to be noticed does not. */
export const isAlive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(statusOf(pid));

/** Resident memory of a process and all its descendants, in bytes. */
export const residentBytes = (pid: number): number =>
  family(pid).reduce((sum, id) => sum + (numberOf(id, 'VmRSS') ?? 0) * 1024, 0);

/** The most memory that any one of a process and its descendants has had, in bytes. */
export const peakBytes = (pid: number): number =>
  Math.max(0, ...family(pid).map((id) => (numberOf(id, 'VmHWM') ?? 0) * 1024));

const processIds = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const parentOf = (pid: number): number | undefined => numberOf(pid, 'PPid');

const numberOf = (pid: number, field: string): number | undefined => {
  const match = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(statusOf(pid));
  return match === null ? undefined : Number(match[1]);
};

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended between the listing and the look.
    return '';
  }
};
