import { MediakeepError } from '../../../core/error.ts';
import { RetentionChanged, SetRetention, UserClassPath } from '../../../core/schemas/retention.ts';
import { endpoint } from '../endpoint.ts';
import { setRule } from '../retention/set-rule.ts';

/** What a user wishes for what they uploaded. */
export const setUserRetention = endpoint({
  operation: 'setUserRetention',
  summary: 'Set how long a user’s uploads of a class are kept',
  description: 'One’s own for contributors, anybody’s for managers. Within the same bounds as the rule of a tenant.',
  shapes: { path: UserClassPath, body: SetRetention },
  answers: { 200: RetentionChanged },
  errors: ['not-found', 'unprocessable', 'conflict'],
  run: async ({ path, body, caller }, services) => {
    const target = { type: 'Wish', tenant: caller.tenant, uploader: path.principal } as const;
    if (!services.permits(caller, 'setUserRetention', target)) {
      throw new MediakeepError('forbidden', 'Your roles permit this for your own uploads only.');
    }
    const changed = await setRule(path, body, caller, services);
    return {
      status: 200,
      body: { ...changed, users: changed.users.filter(({ principal }) => principal === path.principal) },
    };
  },
});
