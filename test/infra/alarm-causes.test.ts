import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alarmCauses } from './alarm-causes.ts';

const root = join(import.meta.dirname, '..', '..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the causes of alarms', () => {
  it('are known of each section of the runbook, and of nothing else', () => {
    const sections = [...textOf('docs/runbook.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);

    expect(Object.keys(alarmCauses).toSorted()).toEqual(sections.toSorted());
  });

  it('are brought about by a test that is there, or cannot be on one machine', () => {
    const titles = (file: string): string[] =>
      [...textOf(`test/platform/${file}.test.ts`).matchAll(/\bit\(\s*'([^']+)'/g)].map(([, title = '']) => title);
    const unshown = Object.entries(alarmCauses).filter(([, { rung, fed }]) =>
      rung === undefined ? fed === undefined : !titles(rung[0]).some((title) => title.startsWith(rung[1])),
    );

    expect(unshown.map(([name]) => name)).toEqual([]);
  });

  it('are the same as those of an alarm that is known, where the construct is', () => {
    const borrowed = Object.values(alarmCauses).flatMap(
      ({ fed }) => /same construct as (\w+)/.exec(fed ?? '')?.[1] ?? [],
    );

    expect(borrowed.filter((name) => alarmCauses[name]?.rung === undefined)).toEqual([]);
  });
});
