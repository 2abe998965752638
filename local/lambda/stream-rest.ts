/** A rest that is so long counts as quiet: nobody who waits for the end of all work waits for a retry that is far away. */
const longMs = 1_000;

/** The rests between the tries of one mapping; they can be cut short, and ended for good. */
export class Rest {
  #isEnded = false;
  #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextLong = Promise.withResolvers<void>();
  isLong = false;

  begin(): void {
    this.#isEnded = false;
  }

  /** Waits; false where the mapping was stopped. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#isEnded) {
      await new Promise<void>((resolve) => this.after(ms, resolve));
    }
    return !this.#isEnded;
  }

  /** Does something after a while, or when the rest is cut. */
  after(ms: number, then: () => void): void {
    this.isLong = ms >= longMs;
    if (this.isLong) this.#tellLong();
    this.#wake = () => {
      clearTimeout(this.#timer);
      this.#wake = undefined;
      this.isLong = false;
      then();
    };
    this.#timer = setTimeout(() => this.#wake?.(), ms).unref();
  }

  /** Resolves when a long rest begins, at once during one. */
  long(): Promise<void> {
    return this.isLong ? Promise.resolve() : this.#nextLong.promise;
  }

  cut(): void {
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.cut();
    this.#tellLong();
  }

  #tellLong(): void {
    this.#nextLong.resolve();
    this.#nextLong = Promise.withResolvers();
  }
}
