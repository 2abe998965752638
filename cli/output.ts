import { styleText } from 'node:util';

/** The two streams of a process. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Where a command speaks: people read `out` and `err` on a terminal, programs read JSON from `out`. */
export interface Output {
  /** True where the command's answer is JSON on standard output and nothing else is. */
  readonly json: boolean;
  /** The terminal on which progress bars can be drawn; undefined where there is none. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** One line of the answer; nothing in JSON mode. */
  line(text: string): void;
  /** One line beside the answer: warnings, hints. */
  note(text: string): void;
  /** The whole answer for programs; nothing in text mode. */
  data(value: unknown): void;
  /** One item of a long answer for programs, one JSON document a line. */
  item(value: unknown): void;
}

export const createOutput = (json: boolean, { stdout, stderr }: Streams): Output => ({
  json,
  terminal: !json && stderr.isTTY === true ? stderr : undefined,
  line: (text) => void (json || stdout.write(`${text}\n`)),
  note: (text) => void stderr.write(`${text}\n`),
  data: (value) => void (json && stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)),
  item: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
});

/** Columns as wide as their widest cell; numbers stand right. What comes from elsewhere is made safe to print. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell))));
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
  return `${power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
};

/** `3:05` or `1:02:03` */
export const formatDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
};

/** The joiners that Indic scripts and emoji need; every other invisible character could forge what a terminal shows. */
const harmless = /[\u200c\u200d]/;

/** Text that does nothing to a terminal but appear on it. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) =>
    harmless.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
