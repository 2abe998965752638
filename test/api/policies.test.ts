import { validate } from '@cedar-policy/cedar-wasm/web';
import { describe, expect, it } from 'vitest';
import { slicePolicies } from '../../bin/slice-policies.ts';
import type { Subject, Target } from '../../core/authorization/entities.ts';
import { type Role, roleNames } from '../../core/authorization/roles.ts';
import { type GuardedOperation, targetTypes } from '../../core/authorization/targets.ts';
import { routes } from '../../core/routes.ts';
import { allPolicies, loadSlices, permits, policyText } from './policies.ts';

/** Who may do what: on anything, on their own alone, or (for devices) for a device that is listed. */
const table: Readonly<Record<GuardedOperation, Readonly<Partial<Record<Role, 'any' | 'own' | 'listed'>>>>> = {
  getMe: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any', device: 'any' },
  listClasses: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any', device: 'any' },
  beginUpload: { admin: 'any', manager: 'any', contributor: 'any', device: 'listed' },
  signParts: { admin: 'own', manager: 'own', contributor: 'own', device: 'own' },
  completeUpload: { admin: 'own', manager: 'own', contributor: 'own', device: 'own' },
  abortUpload: { admin: 'own', manager: 'own', contributor: 'own', device: 'own' },
  getUpload: { admin: 'any', manager: 'any', contributor: 'own', device: 'own' },
  listAssets: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  getAsset: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  listVersions: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  getContent: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  changeAsset: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any' },
  deleteAsset: { admin: 'any', manager: 'any', contributor: 'own' },
  undeleteAsset: { admin: 'any', manager: 'any', contributor: 'own' },
  explainAsset: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  purgeAsset: { admin: 'any' },
  archiveAsset: { admin: 'any', manager: 'any', contributor: 'own' },
  startArchive: { admin: 'any', manager: 'any' },
  startRestore: { admin: 'any', manager: 'any' },
  listJobs: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  getJob: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  confirmJob: { admin: 'any', manager: 'any' },
  cancelJob: { admin: 'any', manager: 'any' },
  placeHold: { admin: 'any', manager: 'any' },
  listHolds: { admin: 'any', manager: 'any' },
  releaseHold: { admin: 'any', manager: 'own' },
  showRetention: { admin: 'any', manager: 'any', contributor: 'any', annotator: 'any', viewer: 'any' },
  setClassRetention: { admin: 'any' },
  setUserRetention: { admin: 'any', manager: 'any', contributor: 'own' },
  simulateRetention: { admin: 'any', manager: 'any' },
  getStats: { admin: 'any', manager: 'any' },
  listUsage: { admin: 'any', manager: 'any' },
  listMembers: { admin: 'any', manager: 'any' },
  addMember: { admin: 'any' },
  changeMember: { admin: 'any' },
  removeMember: { admin: 'any' },
};

const member = (roles: readonly Role[], devices: readonly string[] = []): Subject => ({
  principal: 'me',
  tenant: 't1',
  roles,
  devices,
});
const targetOf = (operation: GuardedOperation, tenant: string, uploader: string): Target => {
  const type = targetTypes[operation];
  return type === 'Tenant' ? { type, tenant } : { type, tenant, uploader };
};
const operations = Object.keys(table) as GuardedOperation[];
const cases = operations.flatMap((operation) =>
  roleNames.map((role) => ({ operation, role, right: table[operation][role] })),
);

describe('the policies', () => {
  it.each(cases)('give $role for $operation: $right', ({ operation, role, right }) => {
    const decided = {
      own: permits(member([role]), operation, targetOf(operation, 't1', 'me')),
      others: permits(member([role]), operation, targetOf(operation, 't1', 'somebody')),
    };

    expect(decided).toEqual({ own: right === 'any' || right === 'own', others: right === 'any' });
  });

  it.each(operations)('keep every role out of another tenant: %s', (operation) => {
    for (const role of roleNames) {
      for (const tenant of ['t10', 't', 'T1', '']) {
        const subject = member([role], ['d']);

        expect(permits(subject, operation, targetOf(operation, tenant, 'me'))).toBe(false);
        expect(permits(subject, operation, targetOf(operation, tenant, 'me'), { device: 'd' })).toBe(false);
      }
    }
  });

  it('deny everything to who has no role, but to know where they are', () => {
    const allowed = operations.filter((operation) => permits(member([]), operation, targetOf(operation, 't1', 'me')));

    expect(allowed).toEqual(['getMe', 'listClasses']);
  });

  it('let nobody speak for a device that is not listed', () => {
    for (const role of ['admin', 'contributor', 'device'] as const) {
      const begin = (devices: string[], device?: string) =>
        permits(
          member([role], devices),
          'beginUpload',
          { type: 'Tenant', tenant: 't1' },
          device === undefined ? {} : { device },
        );

      expect(begin(['door'], 'door')).toBe(true);
      expect(begin(['door'], 'yard')).toBe(false);
      expect(begin([], 'door')).toBe(false);
      expect(begin(['door'])).toBe(role !== 'device');
    }
  });

  it('add up where somebody has several roles', () => {
    const both = member(['device', 'viewer'], ['d']);

    expect(permits(both, 'getAsset', targetOf('getAsset', 't1', 'x'))).toBe(true);
    expect(permits(both, 'beginUpload', { type: 'Tenant', tenant: 't1' }, { device: 'd' })).toBe(true);
    expect(permits(both, 'changeAsset', targetOf('changeAsset', 't1', 'me'))).toBe(false);
  });

  it('know every operation of the routes, and the schema knows every policy', () => {
    const guarded = routes.filter((route) => !('open' in route)).map(({ operation }) => operation);
    const answer = validate({
      schema: policyText('schema.cedarschema'),
      policies: { staticPolicies: allPolicies },
    });

    expect([...operations].sort()).toEqual([...guarded].sort());
    expect(answer).toMatchObject({ type: 'success', validationErrors: [], validationWarnings: [] });
  });

  it('deny an operation that nobody wrote a policy for', () => {
    const unknown = 'eraseEverything' as GuardedOperation;

    expect(permits(member(['admin']), unknown, { type: 'Tenant', tenant: 't1' })).toBe(false);
  });

  it('decide by those that speak of the operation exactly as all together would', () => {
    const { general } = slicePolicies(allPolicies);
    const whole = loadSlices({
      general,
      operations: Object.fromEntries(operations.map((name) => [name, allPolicies])),
    });
    for (const operation of operations) {
      for (const role of roleNames) {
        for (const [tenant, uploader] of [
          ['t1', 'me'],
          ['t1', 'x'],
          ['t2', 'me'],
        ] as const) {
          const target = targetOf(operation, tenant, uploader);
          const subject = member([role], ['d']);

          expect(permits(subject, operation, target)).toBe(whole(subject, operation, target));
        }
      }
    }
  });

  it('are sliced only where it is known which operations they speak of', () => {
    const group = 'permit (principal, action in Other::Action::"write", resource);';
    const template = 'permit (principal == ?principal, action, resource);';

    expect(() => slicePolicies(group)).toThrow('Other::Action');
    expect(() => slicePolicies(template)).toThrow('template');
    expect(slicePolicies('forbid (principal, action, resource);')).toEqual({
      general: 'forbid (principal, action, resource);',
      operations: {},
    });
  });

  it('are not loaded where one of them cannot be read', () => {
    expect(() => slicePolicies(`${allPolicies}\npermit (principal`)).toThrow('cannot be read');
    expect(() => loadSlices({ operations: {} })).toThrow('general');
    const { general } = slicePolicies(allPolicies);
    const broken = loadSlices({ general, operations: { getAsset: 'permit (principal' } });
    expect(() => broken(member(['admin']), 'getAsset', targetOf('getAsset', 't1', 'me'))).toThrow('cannot be read');
  });
});
