import type * as z from 'zod';
import { type ErrorCode, type FieldProblem, MediakeepError } from '../../core/error.ts';

/** Where a value stands in the request; it is named in the error. */
export type Place = 'body' | 'query' | 'path' | 'headers' | 'attributes';

const pointers: Readonly<Record<Place, string>> = {
  body: '',
  query: '#',
  path: '#',
  headers: '#',
  attributes: '/attributes',
};
const mostProblems = 20;

/** Takes a value by its schema; throws an error of this code that names every field that is wrong. */
export const parseInput = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: Place,
  code: ErrorCode = 'bad-request',
): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap((issue) => problemsOf(issue, place)).slice(0, mostProblems);
  const told = fields.map(({ pointer, message }) => (pointer === '' ? message : `${pointer} ${message}`)).join('; ');
  throw new MediakeepError(code, `The ${place} ${place.endsWith('s') ? 'are' : 'is'} not valid: ${told}.`, { fields });
};

const problemsOf = (issue: z.core.$ZodIssue, place: Place): FieldProblem[] => {
  const at = (path: readonly PropertyKey[]): string => {
    const steps = path.map((step) => cut(String(step)).replaceAll('~', '~0').replaceAll('/', '~1'));
    const [first, ...rest] = steps;
    if (pointers[place] === '#') return `#${[first, ...rest].join('/')}`;
    return `${pointers[place]}${steps.map((step) => `/${step}`).join('')}`;
  };
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at([...issue.path, key]), message: 'is not known here' }));
  }
  return [{ pointer: at(issue.path), message: lowerFirst(issue.message) }];
};

const lowerFirst = (message: string): string => message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
/** What a caller sent may be long; the error repeats only its beginning. */
const cut = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);

/** Query parameters as an object; one that comes twice is refused, since readers disagree which one counts. */
export const queryObject = (search: URLSearchParams): Record<string, string> => {
  const names = [...search.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MediakeepError('bad-request', `The query names a parameter twice; each is read once.`, {
      fields: [{ pointer: `#${cut(twice)}`, message: 'is given more than once' }],
    });
  }
  return Object.fromEntries(search);
};
