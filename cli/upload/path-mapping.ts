import { CliError, exitCodes } from '../exit-codes.ts';

/** Reads values from a relative path; undefined for a path of another form. */
export type PathMapping = (relativePath: string) => Record<string, string> | undefined;

/**
 * Compiles a mapping such as `{language}/{intent}/{variation}/{subject}_*.wav`: a name in braces takes what stands there
 * within one path segment, `*` anything within one segment, `**` anything.
 */
export const compileMapping = (pattern: string): PathMapping => {
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.length === 0 || twice !== undefined) {
    throw new CliError(
      exitCodes.usage,
      `--map \`${pattern}\` ${twice === undefined ? 'names nothing' : `names {${twice}} twice`}; write for example \`{language}/{intent}/{variation}/*\`.`,
    );
  }
  const expression = new RegExp(
    `^${pattern
      .split(/(\{\w+\}|\*\*|\*)/)
      .map(piece)
      .join('')}$`,
    'u',
  );
  return (relativePath) => {
    const groups = expression.exec(relativePath)?.groups;
    return groups && { ...groups };
  };
};

const piece = (text: string): string => {
  if (text === '**') return '.*';
  if (text === '*') return '[^/]*';
  const name = /^\{(\w+)\}$/.exec(text)?.[1];
  return name === undefined ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : `(?<${name}>[^/]+?)`;
};
