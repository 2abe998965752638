import { RetentionList } from '../../../core/schemas/retention.ts';
import { endpoint } from '../endpoint.ts';
import { toClassRetention } from '../retention/class-retention.ts';

/** How long each class is kept in this tenant, and who says so. */
export const showRetention = endpoint({
  operation: 'showRetention',
  summary: 'Show how long classes are kept',
  shapes: {},
  answers: { 200: RetentionList },
  run: async ({ caller }, { classes, statuteOf, retention, permits }) => {
    const rows = (await retention.rules(caller.tenant)).filter(
      ({ principal }) =>
        principal === undefined ||
        principal === caller.principal ||
        permits(caller, 'setUserRetention', { type: 'Wish', tenant: caller.tenant, uploader: principal }),
    );
    const items = classes.map((dataClass) => toClassRetention(dataClass, statuteOf(dataClass.name), rows));
    return { status: 200, body: { items } };
  },
});
