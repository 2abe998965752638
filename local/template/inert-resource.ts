import type { TemplateResource } from '../aws/service.ts';

/** What references to a resource get; throws for an attribute that it does not have. */
export interface ReferencedResource {
  readonly ref: string;
  attribute(name: string): string;
}

/** A resource that has no effect here: its name where it has one, and an ARN that looks like one of AWS. */
export const inertResource = (resource: TemplateResource): ReferencedResource => {
  const [, service = '', kind = ''] = resource.type.split('::');
  const names = [`${kind}Name`, 'Name', `${kind}Id`].map((property) => resource.properties[property]);
  const ref = names.find((name) => typeof name === 'string') ?? resource.generatedName;
  const arn = `arn:aws:${service.toLowerCase()}:${resource.region}:${resource.accountId}:${kind.toLowerCase()}/${ref}`;
  return { ref, attribute: (name) => (name.endsWith('Arn') ? arn : ref) };
};
