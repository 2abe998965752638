import { decodeTime, isValid, ulid } from 'ulid';

/** The id of an asset: a ULID, 26 characters of Crockford base 32, upper case. */
export type AssetId = string;

/** What a new id is made of: the time in milliseconds and random numbers in [0, 1). */
export interface IdSource {
  now(): number;
  random(): number;
}

/** Makes an id that sorts by the time of its making. */
export const newAssetId = ({ now, random }: IdSource): AssetId => ulid(now(), random);

/** True for exactly the form that {@link newAssetId} makes. */
export const isAssetId = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text) && isValid(text);

/** When the id was made, in milliseconds since the epoch. */
export const assetIdTime = (id: AssetId): number => decodeTime(id);
