import * as z from 'zod';
import type { DataClass } from '../core/data-class.ts';
import { contentRules } from './content-rules.ts';
import { layoutRules } from './layout-rules.ts';
import { type Problem, refuseProblems } from './problem.ts';
import { retentionRules } from './retention-rules.ts';

const milliseconds = z.int().nonnegative().optional();

/** What a class has to look like before its rules can be looked at; the types say the same to who uses an editor. */
const Shape = z.strictObject({
  name: z.string(),
  prefix: z.string(),
  layout: z.string(),
  accepts: z.array(
    z.strictObject({
      format: z.enum(['wav', 'flac', 'mp3', 'ogg', 'mp4', 'jpeg', 'png', 'json', 'text', 'binary']),
      contentTypes: z.array(z.string()),
    }),
  ),
  maxBytes: z.number(),
  inspect: z.enum(['audio', 'image', 'json', 'text', 'format', 'none']),
  retention: z.strictObject({
    coldAfter: milliseconds,
    cold: z.enum(['standard-ia', 'glacier-ir', 'glacier', 'deep-archive']).optional(),
    deleteAfter: milliseconds,
    floor: milliseconds,
  }),
  compress: z.literal('zstd').optional(),
  seal: z.boolean(),
  subjects: z.boolean(),
  replicate: z.boolean(),
  topic: z.enum(['case', 'phrase']).optional(),
  attributes: z.instanceof(z.ZodObject),
});

/** A rule that one class or all of them together may break. */
export type ClassRule = (dataClass: DataClass, all: readonly DataClass[]) => readonly Problem[];

const rules: readonly ClassRule[] = [...layoutRules, ...contentRules, ...retentionRules];

/** Takes the classes that the deployer listed; throws one Error that names every rule that is broken. */
export const checkClasses = (classes: readonly DataClass[]): readonly DataClass[] => {
  refuseProblems(classes.flatMap(shapeProblems));
  refuseProblems(classes.flatMap((dataClass) => rules.flatMap((rule) => rule(dataClass, classes))));
  return classes;
};

const shapeProblems = (dataClass: DataClass, index: number): Problem[] => {
  const { error } = Shape.safeParse(dataClass);
  const name = typeof dataClass?.name === 'string' ? dataClass.name : String(index);
  return (error?.issues ?? []).map((issue) => ({
    field: [`classes[${name}]`, ...issue.path.map(String)].join('.'),
    value: issue.path.reduce<unknown>((value, step) => Reflect.get(Object(value), step), dataClass),
    allowed: issue.message,
    fix: 'Write the class with `dataClass()` as the files in `config/classes/` do',
  }));
};
