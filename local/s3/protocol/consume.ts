import type { Readable } from 'node:stream';
import { AwsError } from '../../aws/aws-error.ts';

/**
 * Hands over a body piece by piece and waits where the taker answers a promise. When the taker throws, what is left of the
 * body is read and dropped, so that the client gets to read the answer.
 */
export const consume = (body: Readable, take: (piece: Buffer) => Promise<void> | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      body.off('data', onData);
      body.off('end', onEnd);
      body.off('close', onClose);
      body.off('error', onClose);
    };
    const fail = (error: unknown): void => {
      stop();
      body.on('error', ignore);
      body.resume();
      reject(error);
    };
    const onData = (piece: Buffer): void => {
      try {
        const pending = take(piece);
        if (pending === undefined) return;
        body.pause();
        pending.then(() => body.resume(), fail);
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve();
    };
    const onClose = (): void => fail(incompleteBody());
    body.on('data', onData);
    body.on('end', onEnd);
    body.on('close', onClose);
    body.on('error', onClose);
  });

/** The answer to a body that ends before its length. */
export const incompleteBody = (): AwsError =>
  new AwsError(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );

const ignore = (): void => undefined;
