import { z } from 'zod';
import type { TemplateResource } from './service.ts';

/** Properties that are accepted and change nothing on one machine, each with the reason. */
export type WithoutLocalEffect = Readonly<Record<string, string>>;

/** The error that stops the creation of a resource and names it. */
export const resourceError = (resource: TemplateResource, problem: string): Error =>
  new Error(`${resource.type} ${resource.logicalId} of stack ${resource.stackName}: ${problem}`);

/**
 * Reads a resource's properties by a schema of exactly the properties that have an effect. A property that is neither there
 * nor on the list without local effect is an error that names it, so that nothing in the template is ignored in silence.
 */
export const readProperties = <Shape extends z.ZodRawShape>(
  resource: TemplateResource,
  shape: Shape,
  withoutLocalEffect: WithoutLocalEffect = {},
): z.output<z.ZodObject<Shape>> => {
  const properties = Object.entries(resource.properties).filter(([name]) => !Object.hasOwn(withoutLocalEffect, name));
  const unknown = properties.find(([name]) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) {
    throw resourceError(resource, `the embedded platform does not know the property \`${unknown[0]}\`.`);
  }
  const result = z.object(shape).safeParse(Object.fromEntries(properties));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw resourceError(resource, `\`${issue?.path.join('.')}\`: ${issue?.message ?? 'is not valid'}.`);
};

/** CloudFormation takes numbers also as text. */
export const templateNumber = z
  .union([z.number(), z.string().regex(/^-?\d+$/)])
  .transform(Number)
  .pipe(z.number().int());

/** CloudFormation takes booleans also as text. */
export const templateBoolean = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((value) => value === true || value === 'true');

/** Tags as most resource types write them. */
export const templateTags = z
  .array(z.object({ Key: z.string(), Value: z.string() }))
  .transform((tags) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])));

const PolicyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  NotPrincipal: z.unknown().optional(),
  Action: z.union([z.string(), z.array(z.string())]).optional(),
  NotAction: z.union([z.string(), z.array(z.string())]).optional(),
  Resource: z.union([z.string(), z.array(z.string())]).optional(),
  NotResource: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** A policy document of a template or of a request, with every field that the evaluator reads. */
export const policyDocument = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([PolicyStatement, z.array(PolicyStatement)]),
});
