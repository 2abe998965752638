import { TemplateError } from './template-error.ts';

/** A piece of a `Fn::Sub` text: literal, or the name within `${…}`. */
export type SubPart = string | { readonly name: string };

/** Takes the text of `Fn::Sub` apart; `${!Name}` stands for the literal `${Name}`. */
export const parseSub = (text: string, place: string): readonly SubPart[] => {
  const parts: SubPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    const inner = match[1] ?? '';
    parts.push(text.slice(from, match.index), inner.startsWith('!') ? `\${${inner.slice(1)}}` : variable(inner, place));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
};

const variable = (inner: string, place: string): SubPart => {
  const name = inner.trim();
  if (!/^[\w:.]+$/.test(name)) throw new TemplateError(`${place}: \`\${${inner}}\` is not the name of anything`);
  return { name };
};
