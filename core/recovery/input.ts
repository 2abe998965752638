import * as z from 'zod';
import { parseScope, type RecoveryScope } from './scope.ts';

const Scope = z.string().transform((text, context): RecoveryScope => {
  const scope = parseScope(text);
  if (scope !== undefined) return scope;
  context.addIssue({ code: 'custom', message: 'must be all, tenant:…, class:… or case:{tenant}/{case}' });
  return z.NEVER;
});

/** What a recovery is asked for. */
export const RecoverInput = z
  .strictObject({
    /** The instant, ISO time. */
    to: z.iso.datetime().optional(),
    /** ARN of a recovery point instead. */
    backup: z.string().startsWith('arn:').optional(),
    /** A table that somebody has restored beside the live one, instead of one that is restored now. */
    table: z
      .string()
      .regex(/^[a-zA-Z0-9_.-]{3,255}$/)
      .optional(),
    scope: Scope,
    /** How many contents are read again at the end. */
    verify: z.enum(['sample', 'all']),
    /** `isolated` stops before anything is written back. */
    into: z.enum(['live', 'isolated']),
  })
  .refine(({ to, backup }) => (to === undefined) !== (backup === undefined), 'needs exactly one of `to` and `backup`')
  .refine(({ backup, table }) => backup === undefined || table === undefined, '`table` goes with `to`');
export type RecoverInput = z.infer<typeof RecoverInput>;

/** What a drill is asked for. */
export const DrillInput = z.strictObject({
  /** Seconds to wait for the backups to reach what was seeded; the time that is measured does not hang on it. */
  waitSeconds: z.int().min(1).max(86_400).optional(),
});
export type DrillInput = z.infer<typeof DrillInput>;
