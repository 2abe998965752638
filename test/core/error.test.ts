import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, MediakeepError } from '../../core/error.ts';

/** Conflicts and unavailabilities that last until somebody does something: time alone ends neither. */
const waitForPeople: readonly string[] = ['archived', 'read-only'];

const codes = Object.keys(errorTable) as ErrorCode[];

describe('every error that leaves Mediakeep', () => {
  it.each(codes)('%s has a status of HTTP that means an error', (code) => {
    expect(errorTable[code].status).toBeGreaterThanOrEqual(400);
    expect(errorTable[code].status).toBeLessThan(600);
  });

  it.each(codes)('%s is worth another try exactly where its status says so', (code) => {
    const { status, retryable } = errorTable[code];

    expect(retryable).toBe(([409, 429].includes(status) || status >= 500) && !waitForPeople.includes(code));
  });

  it('has a title of its own', () => {
    expect(new Set(codes.map((code) => errorTable[code].title)).size).toBe(codes.length);
  });

  it('carries its cause, its fields and the time to wait', () => {
    const cause = new Error('below');
    const error = new MediakeepError('rate-limited', 'Wait.', {
      cause,
      retryAfterSeconds: 7,
      fields: [{ pointer: '/a', message: 'b' }],
    });

    expect(error).toMatchObject({
      cause,
      status: 429,
      retryable: true,
      retryAfterSeconds: 7,
      fields: [{ pointer: '/a' }],
    });
  });
});
