import type { PolicyDocument, PolicyStatement } from '../../aws/caller.ts';

/** True where a policy lets everybody in: an Allow to `*` that no condition narrows. */
export const isPublicPolicy = ({ Statement }: PolicyDocument): boolean =>
  (Array.isArray(Statement) ? Statement : [Statement]).some(isPublicStatement);

const isPublicStatement = ({ Effect, Principal, NotPrincipal, Condition }: PolicyStatement): boolean =>
  Effect === 'Allow' && (NotPrincipal !== undefined || namesEverybody(Principal)) && Condition === undefined;

const namesEverybody = (principal: unknown): boolean => {
  if (principal === '*') return true;
  if (principal === null || typeof principal !== 'object') return false;
  return Object.values(principal).some((value) => value === '*' || (Array.isArray(value) && value.includes('*')));
};
