import { MediakeepError } from '../../core/error.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { errorFields } from '../shared/error-fields.ts';
import type { Log } from '../shared/logger.ts';
import { problemResponse } from './reply.ts';

/** Turns whatever was thrown into an answer, and logs what the answer does not say. */
export const answerFailure = (thrown: unknown, requestId: string, log: Log): Response => {
  const error = toOurs(thrown);
  const fields = { code: error.code, status: error.status, requestId };
  if (error.status >= 500) log.error('failed', { ...fields, ...errorFields(error.cause ?? error) });
  else log.info('refused', fields);
  return problemResponse(error, requestId);
};

/** Our own errors go out as they are, transient failures of AWS as `unavailable`; anything else says nothing of its inside. */
const toOurs = (thrown: unknown): MediakeepError => {
  if (thrown instanceof MediakeepError) return thrown;
  if (namedFailure(thrown, 'AWS') !== thrown) {
    return new MediakeepError('unavailable', 'A service that this needs does not answer; try again.', {
      cause: thrown,
      retryAfterSeconds: 1,
    });
  }
  return new MediakeepError('internal', 'Something failed on our side; the request id leads to what.', {
    cause: thrown,
  });
};
