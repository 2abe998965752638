import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isoTime } from '../../core/time.ts';

/** Log groups: one file each, which turns over at 10 MB and keeps three older ones. */
export interface LogStore {
  append(group: string, line: string, atMs: number): void;
  /** The newest lines, oldest first. */
  tail(group: string, lines: number): string[];
  /** Writes the entries that wait. */
  flush(): void;
  /** The file that people read; undefined without a data folder. */
  file(group: string): string | undefined;
}

const maxFileBytes = 10 * 1024 * 1024;
const keptFiles = 3;
/** Without a data folder the newest lines stay in memory. */
const keptLines = 5_000;
/** Entries are written together: one by one they would take more time than what they tell of. */
const flushAfterMs = 100;
const flushAboveChars = 256 * 1024;

export const createLogStore = (dataDir: string | undefined): LogStore =>
  dataDir === undefined ? memoryLogs() : fileLogs(join(dataDir, 'logs'));

const fileLogs = (folder: string): LogStore => {
  mkdirSync(folder, { recursive: true });
  const file = (group: string) => join(folder, `${fileName(group)}.log`);
  const waiting = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let waitingChars = 0;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const [group, entries] of waiting) write(file(group), entries.join(''));
    waiting.clear();
    waitingChars = 0;
  };
  return {
    file,
    flush,
    append(group, line, atMs) {
      const entries = waiting.get(group) ?? [];
      entries.push(entry(line, atMs));
      waiting.set(group, entries);
      waitingChars += line.length;
      if (waitingChars > flushAboveChars) flush();
      else timer ??= setTimeout(flush, flushAfterMs);
    },
    tail(group, lines) {
      flush();
      const path = file(group);
      if (!existsSync(path)) return [];
      return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
    },
  };
};

const write = (path: string, text: string): void => {
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size > 0 && size + Buffer.byteLength(text) > maxFileBytes) turnOver(path);
  appendFileSync(path, text);
};

const turnOver = (path: string): void => {
  for (let number = keptFiles; number >= 1; number -= 1) {
    const older = number === 1 ? path : `${path}.${number - 1}`;
    if (existsSync(older)) renameSync(older, `${path}.${number}`);
  }
};

const memoryLogs = (): LogStore => {
  const groups = new Map<string, string[]>();
  return {
    file: () => undefined,
    flush: () => {},
    append(group, line, atMs) {
      const lines = groups.get(group) ?? [];
      groups.set(group, lines);
      lines.push(entry(line, atMs).trimEnd());
      if (lines.length > keptLines * 2) lines.splice(0, keptLines);
    },
    tail: (group, lines) => (groups.get(group) ?? []).slice(-lines),
  };
};

/** One entry is one line, whatever a function wrote: control characters appear as their codes. */
const entry = (line: string, atMs: number): string => {
  const plain = line.replace(/\p{Cc}/gu, (char) =>
    char === '\t' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `${isoTime(atMs)} ${plain}\n`;
};

/** `/aws/lambda/name` → `aws-lambda-name` */
const fileName = (group: string): string => group.replace(/^\//, '').replace(/[^\w.-]+/g, '-');
