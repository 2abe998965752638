import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failoverApp, type Resource, type Template } from './synthesized.ts';

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');

interface Section {
  readonly severity: string | undefined;
  readonly text: string;
}

const sections = new Map<string, Section>(
  runbook
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...rest] = part.split('\n');
      const text = rest.join('\n').split(/^## /m)[0] ?? '';
      return [heading.trim(), { severity: /^Severity: (page|ticket)$/m.exec(text)?.[1], text }];
    }),
);

const anchors = new Map([...sections.keys()].map((heading) => [heading.toLowerCase(), heading]));

const alarmTypes = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

const isTopic = ({ Resources }: Template, target: unknown): boolean => {
  const name = typeof target === 'object' && target !== null && 'Ref' in target ? String(target.Ref) : '';
  return Resources[name]?.Type === 'AWS::SNS::Topic';
};

/** What rings: an alarm, or a rule that tells a topic. */
const rings = (template: Template): [string, Resource][] =>
  Object.entries(template.Resources).filter(
    ([, { Type, Properties }]) =>
      alarmTypes.includes(Type) ||
      (Type === 'AWS::Events::Rule' &&
        Properties['Targets'].some(({ Arn }: { Arn: unknown }) => isTopic(template, Arn))),
  );

const { replica, data, service, standby } = failoverApp();
const ringingIn = (...templates: readonly (Template | undefined)[]) =>
  templates.flatMap((template) =>
    template === undefined ? [] : rings(template).map(([id, resource]) => ({ id, resource, template })),
  );
const ringing = ringingIn(replica, data, service, standby);

const descriptionOf = ({ Type, Properties }: Resource): string =>
  String(Properties[alarmTypes.includes(Type) ? 'AlarmDescription' : 'Description']);

const told = (description: string) =>
  /^\[(?<severity>page|ticket)\] .+ Runbook: docs\/runbook\.md#(?<anchor>\S+)$/s.exec(description)?.groups;

describe('the runbook', () => {
  it('has a section of each alarm and each rule that rings, with its severity', () => {
    const problems = ringing.flatMap(({ id, resource }) => {
      const { severity, anchor = '' } = told(descriptionOf(resource)) ?? {};
      const section = sections.get(anchors.get(anchor) ?? '');
      if (severity === undefined) return [`${id}: its description names no severity and no section`];
      if (section === undefined) return [`${id}: there is no section ${anchor}`];
      return section.severity === severity ? [] : [`${id}: ${severity}, but ${section.severity} in the runbook`];
    });

    expect(problems).toEqual([]);
  });

  it('names each section after its alarm, but for those of functions and of a failover', () => {
    const misnamed = ringingIn(replica, data, service)
      .map(({ id, resource }) => ({ id: id.slice(0, -8), anchor: told(descriptionOf(resource))?.['anchor'] ?? '' }))
      .filter(({ id, anchor }) => id.toLowerCase().replace(/\d+$/, '') !== anchor && !anchor.startsWith('function'));

    expect(misnamed).toEqual([]);
  });

  it('has no section of an alarm that is gone', () => {
    const used = new Set(ringing.map(({ resource }) => told(descriptionOf(resource))?.['anchor']));
    const budgets = Object.values(service.Resources).filter(({ Type }) => Type === 'AWS::Budgets::Budget');
    if (budgets.length > 0) used.add('budget');

    expect([...anchors.keys()].filter((anchor) => !used.has(anchor))).toEqual([]);
  });

  it('says in each section what to type', () => {
    const mute = [...sections].filter(([, { text }]) => !/`[^`]+`/.test(text.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '')));

    expect(mute.map(([heading]) => heading)).toEqual([]);
  });

  it('names only commands that the CLI has', () => {
    const root = join(import.meta.dirname, '..', '..');
    const commands = new Set(
      globSync('cli/commands/**/*.ts', { cwd: root }).flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/command\('([\w-]+)/g)].map(([, name = '']) => name),
      ),
    );
    const named = [...runbook.matchAll(/`mediakeep ([a-z-]+)(?: ([a-z]+))?/g)].flatMap(([, first = '', second]) =>
      second === undefined ? [first] : [first, second],
    );

    expect(named.filter((name) => !commands.has(name))).toEqual([]);
  });

  it('refers to sections that are there', () => {
    const links = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);

    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('is worth nothing without somebody who hears: each alarm is on and tells a topic', () => {
    const silent = ringing.filter(
      ({ resource: { Type, Properties }, template }) =>
        alarmTypes.includes(Type) &&
        (Properties['ActionsEnabled'] === false ||
          !(Properties['AlarmActions'] ?? []).some((action: unknown) => isTopic(template, action))),
    );

    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});
