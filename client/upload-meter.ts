import type { UploadEvent } from './upload-options.ts';

/** Adds up what the parts of an upload have sent and tells of it. A part that is sent again does not count backwards. */
export class UploadMeter {
  readonly #totalBytes: number;
  readonly #tell: (event: UploadEvent) => void;
  #phase: UploadEvent['phase'] = 'hashing';
  #resumedBytes = 0;
  #doneBytes = 0;
  #toldBytes = 0;
  readonly #inFlight = new Map<number, number>();

  constructor(totalBytes: number, tell: (event: UploadEvent) => void = () => {}) {
    this.#totalBytes = totalBytes;
    this.#tell = tell;
  }

  enter(phase: UploadEvent['phase']): void {
    this.#phase = phase;
    this.#report();
  }

  /** Begins to send what an earlier try did not. */
  startSending(resumedBytes: number): void {
    this.#resumedBytes = resumedBytes;
    this.#doneBytes = resumedBytes;
    this.#toldBytes = 0;
    this.#inFlight.clear();
    this.enter('sending');
  }

  partSent(partNumber: number, bytes: number): void {
    this.#inFlight.set(partNumber, bytes);
    this.#report();
  }

  partDone(partNumber: number, bytes: number): void {
    this.#inFlight.delete(partNumber);
    this.#doneBytes += bytes;
    this.#report();
  }

  #report(): void {
    const underWay = [...this.#inFlight.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#toldBytes = Math.max(this.#toldBytes, this.#doneBytes + underWay);
    this.#tell({
      phase: this.#phase,
      sentBytes: this.#toldBytes,
      resumedBytes: this.#resumedBytes,
      totalBytes: this.#totalBytes,
    });
  }
}
