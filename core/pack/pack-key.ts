/** The key of a pack object: reserved, and told apart by tenant and class. */
export const packObjectKey = (pack: { tenant: string; dataClass: string; packId: string }): string =>
  `packs/${pack.tenant}/${pack.dataClass}/${pack.packId}`;

/** Takes the key of a pack object apart; undefined for anything else. */
export const parsePackKey = (key: string): { tenant: string; dataClass: string; packId: string } | undefined => {
  const match = /^packs\/([^/]+)\/([a-z][a-z0-9-]*)\/([0-9A-HJKMNP-TV-Z]{26})$/.exec(key);
  const [, tenant, dataClass, packId] = match ?? [];
  return tenant === undefined || dataClass === undefined || packId === undefined
    ? undefined
    : { tenant, dataClass, packId };
};
