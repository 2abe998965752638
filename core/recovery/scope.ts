import type { AssetRow } from '../catalog/asset-row.ts';
import type { JournalRow } from '../journal.ts';

/** What a recovery brings back. */
export type RecoveryScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'tenant'; readonly tenant: string }
  | { readonly kind: 'class'; readonly dataClass: string }
  | { readonly kind: 'case'; readonly tenant: string; readonly case: string };

const segment = '[A-Za-z0-9._-]+';

/** Reads `all`, `tenant:acme`, `class:raw-audio`, `case:acme/K-12`; undefined for anything else. */
export const parseScope = (text: string): RecoveryScope | undefined => {
  if (text === 'all') return { kind: 'all' };
  const [, kind, first = '', second] = new RegExp(`^(tenant|class|case):(${segment})(?:/(.+))?$`).exec(text) ?? [];
  if (kind === 'tenant' && second === undefined) return { kind, tenant: first };
  if (kind === 'class' && second === undefined) return { kind, dataClass: first };
  return kind === 'case' && second !== undefined ? { kind, tenant: first, case: second } : undefined;
};

/** The words of {@link parseScope}. */
export const scopeText = (scope: RecoveryScope): string => {
  if (scope.kind === 'all') return 'all';
  if (scope.kind === 'tenant') return `tenant:${scope.tenant}`;
  return scope.kind === 'class' ? `class:${scope.dataClass}` : `case:${scope.tenant}/${scope.case}`;
};

/** True for an asset that belongs to the scope. */
export const hasAsset = (scope: RecoveryScope, { tenant, summary }: Pick<AssetRow, 'tenant' | 'summary'>): boolean => {
  if (scope.kind === 'all') return true;
  if (scope.kind === 'class') return summary.dataClass === scope.dataClass;
  return tenant === scope.tenant && (scope.kind === 'tenant' || summary.case === scope.case);
};

/** True for a row of people that belongs to the scope: a class has none, a case has its own. */
export const hasRow = (scope: RecoveryScope, { tenant, pk }: Pick<JournalRow, 'tenant' | 'pk'>): boolean => {
  if (scope.kind === 'all') return true;
  if (scope.kind === 'class' || tenant !== scope.tenant) return false;
  return scope.kind === 'tenant' || pk.endsWith(`#case#${scope.case}`) || pk.endsWith(`#hold#case#${scope.case}`);
};
