import { ClassPath, RetentionChanged, SetRetention } from '../../../core/schemas/retention.ts';
import { endpoint } from '../endpoint.ts';
import { setRule } from '../retention/set-rule.ts';

/** What the tenant says of a class. */
export const setClassRetention = endpoint({
  operation: 'setClassRetention',
  summary: 'Set how long the tenant keeps a class',
  description:
    'Only ever shorter than class and law allow, never below a floor; `null` takes the rule away. What is there gets its new day by a job.',
  shapes: { path: ClassPath, body: SetRetention },
  answers: { 200: RetentionChanged },
  errors: ['not-found', 'unprocessable', 'conflict'],
  run: async ({ path, body, caller }, services) => ({
    status: 200,
    body: await setRule(path, body, caller, services),
  }),
});
