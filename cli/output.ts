import { styleText } from 'node:util';

/** Where a command speaks: people read `out` and `err` on a terminal, programs read JSON from `out`. */
export interface Output {
  /** True where the command's answer is JSON on standard output and nothing else is. */
  readonly json: boolean;
  /** True where progress bars can be drawn. */
  readonly interactive: boolean;
  /** One line of the answer; nothing in JSON mode. */
  line(text: string): void;
  /** One line beside the answer: warnings, hints. */
  note(text: string): void;
  /** The whole answer for programs; nothing in text mode. */
  data(value: unknown): void;
  /** One item of a long answer for programs, one JSON document a line. */
  item(value: unknown): void;
}

export const createOutput = (json: boolean, streams: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): Output => {
  const { stdout, stderr } = streams;
  return {
    json,
    interactive: !json && stderr.isTTY === true,
    line: (text) => void (json || stdout.write(`${text}\n`)),
    note: (text) => void stderr.write(`${text}\n`),
    data: (value) => void (json && stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)),
    item: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
  };
};

/** Columns as wide as their widest cell; numbers stand right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => {
  const cells = rows.map((row) => row.map(String));
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)));
  const align = (text: string, column: number): string =>
    typeof rows[0]?.[column] === 'number' ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  const line = (row: readonly string[]): string => row.map(align).join('  ').trimEnd();
  return [styleText('bold', line(head)), ...cells.map(line)];
};

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `3.2 MiB` */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
};

/** `3:05` or `1:02:03` */
export const formatDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
};

/** A control character in a name must not reach the terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
