import type { DataClass } from './data-class.ts';

/** Where an object of the vault belongs. */
export interface VaultKey {
  readonly dataClass: DataClass;
  readonly tenant: string;
  readonly assetId: string;
}

/** Values for the variables of a layout; attributes fill the variables that bear their name. */
export interface LayoutValues {
  readonly tenant: string;
  readonly assetId: string;
  /** `YYYY-MM-DD` of the asset's creation. */
  readonly date: string;
  readonly filename: string;
  readonly case?: string | undefined;
  /** The pseudonymous id of the data subject. */
  readonly subject?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Prefixes of the vault that belong to Mediakeep itself; no class may touch them. */
export const reservedPrefixes = ['facts/', 'journal/', 'packs/'] as const;

/** The key of an asset's facts object, which carries what was changed after the upload. */
export const factsKey = (tenant: string, assetId: string): string => `facts/${tenant}/${assetId}`;

/** Prefixes of the landing bucket, by the way of the upload: presigned PUT, POST policy, multipart. */
export const landingPrefixes = { put: 'put/', post: 'post/', multipart: 'multipart/' } as const;
export type UploadMethod = keyof typeof landingPrefixes;

/** The key under which an upload arrives: `put/{tenant}/{assetId}`. */
export const landingKey = (method: UploadMethod, tenant: string, assetId: string): string =>
  `${landingPrefixes[method]}${tenant}/${assetId}`;

/** Where intake lays a copy in landing whose digest S3 computes; nobody uploads there and nothing is announced from there. */
export const stagedPrefix = 'staged/';

/** The key of an upload's staged copy. */
export const stagedKey = (tenant: string, assetId: string): string => `${stagedPrefix}${tenant}/${assetId}`;

/** Takes a landing key apart; undefined for anything that {@link landingKey} cannot have made. */
export const parseLandingKey = (key: string): { method: UploadMethod; tenant: string; assetId: string } | undefined => {
  const match = /^(put|post|multipart)\/([^/]+)\/([0-9A-HJKMNP-TV-Z]{26})$/.exec(key);
  if (match?.[2] === undefined || match[3] === undefined) return undefined;
  return { method: match[1] as UploadMethod, tenant: match[2], assetId: match[3] };
};

const variable = /\{(\w+)\}/g;
const maxSegmentLength = 128;

/** Turns any text into one path segment: letters, digits, `.`, `_` and `-` of ASCII stay, everything else becomes `-`. */
export const pathSegment = (text: string): string => {
  const plain = text.normalize('NFC').replace(/[^A-Za-z0-9._-]+/g, '-');
  const bounded = plain.slice(-maxSegmentLength).replace(/^[.-]+/, '');
  return bounded === '' ? '-' : bounded;
};

/** The vault key of an asset. A variable without a value becomes `-`. */
export const vaultKey = (dataClass: DataClass, values: LayoutValues): string =>
  dataClass.layout.replace(variable, (_, name: string) => {
    if (name === 'tenant' || name === 'assetId' || name === 'date') return values[name];
    if (name === 'filename') return pathSegment(values.filename);
    const value = name === 'case' || name === 'subject' ? values[name] : values.attributes[name];
    return value === undefined ? '-' : pathSegment(String(value));
  });

/** Finds class, tenant and asset of a vault key; undefined where no class's layout could have made it. */
export const parseVaultKey = (classes: readonly DataClass[], key: string): VaultKey | undefined => {
  const dataClass = classes.find(({ prefix }) => key.startsWith(prefix));
  if (dataClass === undefined) return undefined;
  const match = layoutPattern(dataClass).exec(key);
  const { tenant, assetId } = match?.groups ?? {};
  return tenant === undefined || assetId === undefined ? undefined : { dataClass, tenant, assetId };
};

const patterns = new WeakMap<DataClass, RegExp>();

/** Made once for a class: a listing asks it for each of its keys. */
const layoutPattern = (dataClass: DataClass): RegExp => {
  const known = patterns.get(dataClass) ?? patternOf(dataClass.layout);
  patterns.set(dataClass, known);
  return known;
};

const patternOf = (layout: string): RegExp =>
  new RegExp(
    `^${layout.replace(variable, (_, name: string) => {
      if (name === 'tenant') return '(?<tenant>[^/]+)';
      if (name === 'assetId') return '(?<assetId>[0-9A-HJKMNP-TV-Z]{26})';
      return '[^/]+';
    })}$`,
  );
