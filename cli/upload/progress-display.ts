import cliProgress from 'cli-progress';
import type { UploadEvent } from '../../client/index.ts';
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
export const createProgressDisplay = (
  terminal: NodeJS.WriteStream | undefined,
  totalBytes: number,
  now: () => number,
): ProgressDisplay => (terminal === undefined ? noDisplay : barDisplay(terminal, totalBytes, now));

const noDisplay: ProgressDisplay = { begin: () => ({ update: () => {}, end: () => {} }), stop: () => {} };

const nameWidth = 32;

const barDisplay = (terminal: NodeJS.WriteStream, totalBytes: number, now: () => number): ProgressDisplay => {
  const sums = new TransferSums(totalBytes, now());
  const bars = new cliProgress.MultiBar(
    {
      format: '{name} [{bar}] {percentage}% {detail}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 28,
      stream: terminal,
      autopadding: true,
    },
    cliProgress.Presets.legacy,
  );
  const total = bars.create(Math.max(1, totalBytes), 0, { name: inColumn('all'), detail: '' });
  return {
    begin(name, bytes) {
      const file = {};
      const bar = bars.create(Math.max(1, bytes), 0, { name: inColumn(printable(name)), detail: '' });
      return {
        update(event) {
          sums.update(file, event);
          bar.update(event.sentBytes, { detail: event.phase });
          total.update(sums.sentBytes, { detail: sums.pace(now()) });
        },
        end() {
          sums.end(file, bytes);
          bars.remove(bar);
          total.update(sums.sentBytes, { detail: sums.pace(now()) });
        },
      };
    },
    stop: () => bars.stop(),
  };
};

/** The sums over all files; what earlier tries had sent counts for the bar, and not for the speed. */
export class TransferSums {
  readonly #totalBytes: number;
  readonly #startedAt: number;
  readonly #underWay = new Map<object, Pick<UploadEvent, 'sentBytes' | 'resumedBytes'>>();
  #endedBytes = 0;
  #resumedBytes = 0;

  constructor(totalBytes: number, startedAt: number) {
    this.#totalBytes = totalBytes;
    this.#startedAt = startedAt;
  }

  update(file: object, { sentBytes, resumedBytes }: Pick<UploadEvent, 'sentBytes' | 'resumedBytes'>): void {
    this.#underWay.set(file, { sentBytes, resumedBytes });
  }

  end(file: object, bytes: number): void {
    this.#resumedBytes += this.#underWay.get(file)?.resumedBytes ?? 0;
    this.#underWay.delete(file);
    this.#endedBytes += bytes;
  }

  get sentBytes(): number {
    return [...this.#underWay.values()].reduce((sum, file) => sum + file.sentBytes, this.#endedBytes);
  }

  /** `12.3 MiB/s, 0:41 left` */
  pace(now: number): string {
    const resumed = [...this.#underWay.values()].reduce((sum, file) => sum + file.resumedBytes, this.#resumedBytes);
    const elapsedMs = now - this.#startedAt;
    const bytesPerMs = (this.sentBytes - resumed) / elapsedMs;
    if (elapsedMs < 500 || !(bytesPerMs > 0)) return '';
    const leftMs = (this.#totalBytes - this.sentBytes) / bytesPerMs;
    return `${formatBytes(bytesPerMs * 1000)}/s, ${formatDuration(leftMs)} left`;
  }
}

const inColumn = (name: string): string =>
  (name.length > nameWidth ? `…${name.slice(1 - nameWidth)}` : name).padEnd(nameWidth);
