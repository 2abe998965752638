import cliProgress from 'cli-progress';
import type { UploadEvent } from '../../client/index.ts';
import type { Output } from '../output.ts';
import { formatBytes, formatDuration, printable } from '../output.ts';

/** Shows how several uploads go on. */
export interface ProgressDisplay {
  begin(name: string, bytes: number): FileProgress;
  stop(): void;
}

export interface FileProgress {
  update(event: UploadEvent): void;
  end(): void;
}

/** Bars on a terminal: one for each file under way, one for all; nothing elsewhere. */
export const createProgressDisplay = (output: Output, totalBytes: number, now: () => number): ProgressDisplay =>
  output.interactive
    ? barDisplay(totalBytes, now)
    : { begin: () => ({ update: () => {}, end: () => {} }), stop: () => {} };

const nameWidth = 32;

const barDisplay = (totalBytes: number, now: () => number): ProgressDisplay => {
  const startedAt = now();
  const sentByFile = new Map<object, number>();
  const bars = new cliProgress.MultiBar(
    {
      format: '{name} [{bar}] {percentage}% {detail}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 28,
      stream: process.stderr,
      autopadding: true,
    },
    cliProgress.Presets.legacy,
  );
  const total = bars.create(Math.max(1, totalBytes), 0, { name: inColumn('all'), detail: '' });
  const refresh = (): void => {
    const sent = [...sentByFile.values()].reduce((sum, bytes) => sum + bytes, 0);
    total.update(Math.min(sent, totalBytes), { detail: speed(sent, totalBytes, now() - startedAt) });
  };
  return {
    begin(name, bytes) {
      const file = {};
      const bar = bars.create(Math.max(1, bytes), 0, { name: inColumn(printable(name)), detail: '' });
      return {
        update({ phase, sentBytes }) {
          sentByFile.set(file, sentBytes);
          bar.update(sentBytes, { detail: phase });
          refresh();
        },
        end() {
          sentByFile.set(file, bytes);
          bars.remove(bar);
          refresh();
        },
      };
    },
    stop: () => bars.stop(),
  };
};

const inColumn = (name: string): string =>
  (name.length > nameWidth ? `…${name.slice(1 - nameWidth)}` : name).padEnd(nameWidth);

/** `12.3 MiB/s, 0:41 left` */
const speed = (sent: number, total: number, elapsedMs: number): string => {
  if (sent === 0 || elapsedMs < 500) return '';
  const bytesPerMs = sent / elapsedMs;
  return `${formatBytes(bytesPerMs * 1000)}/s, ${formatDuration((total - sent) / bytesPerMs)} left`;
};
