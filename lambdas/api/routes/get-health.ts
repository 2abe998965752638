import { Health } from '../../../core/schemas/class.ts';
import { openEndpoint } from '../endpoint.ts';

/** Whether the API and its table answer. */
export const getHealth = openEndpoint({
  operation: 'getHealth',
  summary: 'Health',
  answers: { 200: Health, 503: Health },
  run: async ({ isHealthy, deployment }) => {
    const healthy = await isHealthy();
    const word = healthy ? 'ok' : 'unavailable';
    const body: Health = { status: word, deployment, checks: { catalog: word } };
    return { status: healthy ? 200 : 503, body };
  },
});
