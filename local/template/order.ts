import { TemplateError } from './template-error.ts';

/**
 * Sorts so that everything comes after what it depends on, and otherwise stays in the given order. A cycle is a
 * {@link TemplateError} that names it.
 */
export const dependencyOrder = (
  ids: readonly string[],
  dependenciesOf: (id: string) => Iterable<string>,
  what: string,
): readonly string[] => {
  const ordered: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (id: string): void => {
    if (done.has(id)) return;
    const start = trail.indexOf(id);
    if (start !== -1) throw new TemplateError(`${what} form a cycle: ${[...trail.slice(start), id].join(' → ')}`);
    trail.push(id);
    for (const dependency of dependenciesOf(id)) visit(dependency);
    trail.pop();
    done.add(id);
    ordered.push(id);
  };
  for (const id of ids) visit(id);
  return ordered;
};
