import { deployment } from '../../../config/mediakeep.config.ts';
import { readTemplates, type TemplateResource } from '../../../lib/rules/templates.ts';
import { defaultApp, type Resource, type Template } from '../synthesized.ts';
import type { Breakage } from './broken-templates.ts';

type Stack = 'replica' | 'data' | 'service';
const stacks: readonly Stack[] = ['replica', 'data', 'service'];

/** The templates by the names of their stacks, as the rules read them. */
export const namedTemplates = (templates: Readonly<Record<Stack, Template>>, name = deployment.name) =>
  Object.fromEntries(stacks.map((stack) => [`${name}-${stack}`, templates[stack]]));

/**
 * The resources of the default deployment after it was spoiled. A breakage touches one or two of hundreds, so only these are
 * copied for it and read again; the others are read once for all. What a template gives out is frozen and stays.
 */
export const spoiled = (spoil: Breakage['spoil']): readonly TemplateResource[] => {
  const app = defaultApp();
  const copies = { replica: lazyCopy(app.replica), data: lazyCopy(app.data), service: lazyCopy(app.service) };
  const { replica, data, service } = copies;
  spoil({ replica: replica.template, data: data.template, service: service.template });
  const anew = byId({ replica: replica.touched(), data: data.touched(), service: service.touched() });
  return stacks.flatMap((stack) =>
    Object.keys(copies[stack].template.Resources).flatMap((logicalId) => {
      const id = `${deployment.name}-${stack}/${logicalId}`;
      return anew.get(id) ?? unspoiled().get(id) ?? [];
    }),
  );
};

const byId = (templates: Readonly<Record<Stack, Template>>): ReadonlyMap<string, TemplateResource> =>
  new Map(readTemplates(namedTemplates(templates)).map((resource) => [resource.id, resource]));

let read: ReadonlyMap<string, TemplateResource> | undefined;

const unspoiled = (): ReadonlyMap<string, TemplateResource> => {
  read ??= byId(defaultApp());
  return read;
};

/** A template whose resources are copied when somebody looks into them, and which tells what differs or may differ. */
const lazyCopy = (template: Template): { template: Template; touched(): Template } => {
  const opened = new Set<Resource>();
  const Resources = Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => [id, openable(resource, opened)]),
  );
  const isTouched = ([id, resource]: [string, Resource]): boolean =>
    opened.has(resource) || differsOutside(resource, template.Resources[id]);
  return {
    template: { ...template, Resources },
    touched: () => ({ ...template, Resources: Object.fromEntries(Object.entries(Resources).filter(isTouched)) }),
  };
};

const openable = (resource: Resource, opened: Set<Resource>): Resource => {
  let own: Resource['Properties'] | undefined;
  const copy = {
    ...resource,
    get Properties() {
      opened.add(copy);
      own ??= structuredClone(resource.Properties);
      return own;
    },
  };
  return copy;
};

/** True where something besides the properties is another than it was. */
const differsOutside = (resource: Resource, original: Resource | undefined): boolean =>
  resource.Type !== original?.Type ||
  resource.DependsOn !== original.DependsOn ||
  resource.DeletionPolicy !== original.DeletionPolicy ||
  resource.UpdateReplacePolicy !== original.UpdateReplacePolicy;
