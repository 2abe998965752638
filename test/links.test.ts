import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md', 'samples/**/*.md'], { cwd: root });

/** The text without code, where brackets are no links. */
const proseOf = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** Where the relative links of a text lead: `path`, `path#heading` or `#heading`. */
const linksOf = (markdown: string): string[] =>
  [...proseOf(markdown).matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** Headings as the pages of a repository address them. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

const leadsSomewhere = (document: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? resolve(root, document) : resolve(root, dirname(document), decodeURIComponent(path));
  return existsSync(target) && (anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor));
};

describe('a link in the documentation', () => {
  it.each(documents)('leads somewhere from %s', (document) => {
    const dead = linksOf(readFileSync(resolve(root, document), 'utf8')).filter(
      (link) => !leadsSomewhere(document, link),
    );

    expect(dead).toEqual([]);
  });

  it('is told from code, from other sites and from a dead one', () => {
    expect(linksOf('[a](b.md#c) `[d](e)` [f](https://g) ![h](i.png "j")\n```\n[k](l)\n```\n')).toEqual([
      'b.md#c',
      'i.png',
    ]);
    expect(leadsSomewhere('README.md', 'docs/local.md#what-runs')).toBe(true);
    expect(leadsSomewhere('README.md', 'docs/local.md#what-flies')).toBe(false);
    expect(leadsSomewhere('docs/local.md', 'nowhere.md')).toBe(false);
  });
});
