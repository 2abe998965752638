import * as z from 'zod';
import type { DataClass } from '../../../core/data-class.ts';
import { type ClassItem, ClassList } from '../../../core/schemas/class.ts';
import { endpoint } from '../endpoint.ts';

/** The data classes of the deployment with their rules. */
export const listClasses = endpoint({
  operation: 'listClasses',
  summary: 'List data classes',
  shapes: {},
  answers: { 200: ClassList },
  run: async (_call, { classes }) => ({ status: 200, body: { items: classes.map(toItem) } }),
});

const toItem = (dataClass: DataClass): ClassItem => {
  const { name, accepts, maxBytes, seal, subjects, topic, attributes } = dataClass;
  return {
    name,
    accepts: accepts.map(({ format, contentTypes }) => ({ format, contentTypes: [...contentTypes] })),
    maxBytes,
    seal,
    subjects,
    ...(topic === undefined ? {} : { topic }),
    attributes: z.toJSONSchema(attributes, { io: 'input' }),
  };
};
