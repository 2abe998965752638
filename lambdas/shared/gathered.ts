interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** For whom a question waits, and how long at most. */
export interface Patience {
  /** How many may ask, those who have asked included: once all have, nobody waits longer. */
  readonly askers: () => number;
  readonly ms: number;
}

const untilTheTurnEnds: Patience = { askers: () => 0, ms: 0 };

/**
 * Gathers what is asked in the same turn of the event loop, or while others may still ask, into one request, at most so many
 * questions at once. A request that fails has failed for everybody who asked.
 */
export const gathered = <Question, Answer>(
  most: number,
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  patience = untilTheTurnEnds,
): ((question: Question) => Promise<Answer>) => {
  let waiting: Waiting<Question, Answer>[] = [];
  const send = async (asked: readonly Waiting<Question, Answer>[]): Promise<void> => {
    try {
      const answers = await ask(asked.map(({ question }) => question));
      if (answers.length !== asked.length) throw new Error(`${asked.length} questions got ${answers.length} answers.`);
      // The lengths agree, so each question has its answer.
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let isSending = false;
  const sendAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isSending = false;
    const all = waiting;
    waiting = [];
    for (let begin = 0; begin < all.length; begin += most) void send(all.slice(begin, begin + most));
  };
  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (isSending) return;
      isSending = waiting.length >= patience.askers();
      if (isSending) setImmediate(sendAll);
      else timer ??= setTimeout(sendAll, patience.ms);
    });
};
