import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const docs = resolve(import.meta.dirname, '..', 'docs');

/** A row of the document: its cells are id, what comes, answer and proof. */
interface Row {
  readonly id: string;
  readonly answer: string;
  /** What each linked file has to say, word for word. */
  readonly proofs: readonly { readonly file: string; readonly titles: readonly string[] }[];
}

const proofsOf = (cell: string): Row['proofs'] =>
  [...cell.matchAll(/\]\(([^)]+)\)((?:,? “[^”]+”)+)/g)].map(([, file = '', quoted = '']) => ({
    file,
    titles: [...quoted.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }));

const rowsOf = (markdown: string): Row[] =>
  markdown
    .split('\n')
    .filter((line) => /^\| [a-z]+-\d/.test(line))
    .map((line) => line.split(' | '))
    .map(([id = '', , answer = '', proof = '']) => ({ id: id.slice(2), answer, proofs: proofsOf(proof) }));

const rows = rowsOf(readFileSync(resolve(docs, 'hardening.md'), 'utf8'));

const says = (source: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));

const missingIn = (row: Row): string[] =>
  row.proofs.flatMap(({ file, titles }) => {
    const source = readFileSync(resolve(docs, file), 'utf8').replaceAll("\\'", "'");
    return titles.filter((title) => !says(source, title)).map((title) => `${file}: ${title}`);
  });

describe('the account of hostile inputs and faults', () => {
  it.each(rows)('names tests that are there: $id', (row) => {
    expect(missingIn(row)).toEqual([]);
  });

  it('proves each answer, or says why not', () => {
    const unproven = rows.filter(
      ({ answer, proofs }) => proofs.length === 0 && !/^(Does not apply|Not covered): ./.test(answer),
    );

    expect(rows.length).toBeGreaterThan(100);
    expect(unproven).toEqual([]);
  });

  it('has each row once', () => {
    const ids = rows.map(({ id }) => id);

    expect(ids).toEqual([...new Set(ids)]);
  });

  it('sees a title that is not there', () => {
    const invented = ['has each row', 'thrice'].join(' ');
    const [row] = rowsOf(`| x-01 | a | b | [x](../test/hardening.test.ts) “has each row once”, “${invented}” |`);

    expect(row && missingIn(row)).toEqual([`../test/hardening.test.ts: ${invented}`]);
  });
});
