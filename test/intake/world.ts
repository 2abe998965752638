import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { HashRow } from '../../core/catalog/asset-row.ts';
import { assetPk, hashKey } from '../../core/catalog/keys.ts';
import { dataClass } from '../../core/data-class.ts';
import { encodeFacts, type Facts } from '../../core/facts.ts';
import { landingKey, type UploadMethod } from '../../core/key-layout.ts';
import { isoTime } from '../../core/time.ts';
import {
  type ContentClaim,
  type IntakePorts,
  type KeptObject,
  type Promotion,
  SourceGoneError,
} from '../../lambdas/intake/ports.ts';
import type { PinnedVersion } from '../../lambdas/shared/copy-source.ts';

export const startedAt = Date.parse('2026-05-01T08:00:00.000Z');
const crc = { algorithm: 'CRC32', value: 'AAAAAA==' } as const;

const accepts = [
  { format: 'wav', contentTypes: ['audio/wav'] },
  { format: 'json', contentTypes: ['application/json'] },
  { format: 'binary', contentTypes: ['application/octet-stream'] },
] as const;

const base = {
  accepts,
  maxBytes: 2 ** 34,
  inspect: 'format',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({}),
} as const;

export const classes = [
  dataClass('notes', { ...base, layout: 'notes/{tenant}/{date}/{assetId}/{filename}' }),
  dataClass('small', { ...base, layout: 'small/{tenant}/{assetId}', maxBytes: 100 }),
  dataClass('sealed', { ...base, layout: 'sealed/{tenant}/{assetId}', seal: true }),
];

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

interface StoredVersion {
  readonly versionId: string;
  readonly bytes: Uint8Array;
  /** Past what fits into memory the size is only said. */
  readonly size: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly facts: string | undefined;
  readonly sha256: string | undefined;
}

export interface UploadOptions {
  readonly method?: UploadMethod;
  readonly facts?: Partial<Facts>;
  readonly header?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly size?: number;
  /** What S3 keeps as the digest of a single upload. */
  readonly sha256?: string;
  readonly word?: string;
}

export const assetIds = ['01JT0000000000000000000001', '01JT0000000000000000000002', '01JT0000000000000000000003'];

/** Landing, vault and catalog in memory, behind a gate that tests hold, reorder or break. */
export class World {
  readonly landing = new Map<string, StoredVersion[]>();
  readonly vault = new Map<string, KeptObject & { readonly content: Uint8Array }>();
  readonly rows = new Map<string, Record<string, unknown>>();
  readonly warnings: string[] = [];
  now = startedAt;
  #versions = 0;

  /** Puts an upload into landing, as a client with its facts and its checksum would. */
  upload(assetId: string, content: Uint8Array, options: UploadOptions = {}): PinnedVersion & { at: number } {
    const { method = 'put', facts = {}, word } = options;
    const said: Facts = {
      v: 1,
      assetId,
      tenant: 't1',
      dataClass: 'notes',
      uploader: 'user-1',
      createdAt: isoTime(startedAt - 1000),
      filename: 'note.json',
      contentType: 'application/json',
      attributes: {},
      ...facts,
    };
    const key = landingKey(method, 't1', assetId);
    const versionId = `v${++this.#versions}`;
    const digest = options.sha256 ?? (method === 'put' ? sha256Of(content) : undefined);
    this.#store(key, {
      versionId,
      bytes: content,
      size: options.size ?? content.length,
      contentType: 'contentType' in options ? options.contentType : said.contentType,
      contentEncoding: options.contentEncoding,
      facts: 'header' in options ? options.header : encodeFacts(said),
      sha256: digest,
    });
    if (word !== undefined) this.rows.set(`${assetPk('t1', assetId)} word`, { sha256: word });
    return { key, versionId, at: this.now };
  }

  row(assetId: string, sk: string): Record<string, unknown> | undefined {
    return this.rows.get(`${assetPk('t1', assetId)} ${sk}`);
  }

  setRow(assetId: string, sk: string, row: Record<string, unknown>): void {
    this.rows.set(`${assetPk('t1', assetId)} ${sk}`, row);
  }

  claimOf(assetId: string, content: Uint8Array): ContentClaim {
    const key = `notes/t1/2026-05-01/${assetId}/note.json`;
    const sha256 = sha256Of(content);
    const about = { subject: undefined, case: undefined };
    return { tenant: 't1', assetId, sha256, bytes: content.length, dataClass: 'notes', ...about, key };
  }

  setClaim(claim: ContentClaim, state: HashRow['state'], claimedAt: number): void {
    const { tenant, assetId, key } = claim;
    const row: HashRow = {
      ...hashKey(claim),
      kind: 'hash',
      tenant,
      assetId,
      key,
      state,
      claimedAt: isoTime(claimedAt),
    };
    this.rows.set(`${row.pk} ${row.sk}`, { ...row });
  }

  landed(): string[] {
    return [...this.landing].filter(([, versions]) => versions.length > 0).map(([key]) => key);
  }

  /** The ports of one worker; every call goes through its gate, which may wait or throw. */
  ports(gate: <T>(name: string, effect: () => T) => Promise<T> = async (_, effect) => effect()): IntakePorts {
    return {
      landing: {
        head: (version) =>
          gate('landing.head', () => {
            const found = this.#find(version);
            if (found === undefined) return undefined;
            const { size: bytes, contentType, contentEncoding, facts, sha256 } = found;
            return { bytes, contentType, contentEncoding, facts, sha256, crc, at: Math.floor(startedAt / 1000) * 1000 };
          }),
        read: (version, offset, length) =>
          gate('landing.read', () => this.#must(version).bytes.slice(offset, offset + length)),
        stage: (version, stagedKey) =>
          gate('landing.stage', () => {
            const source = this.#must(version);
            const sha256 = sha256Of(source.bytes);
            const versionId = `v${++this.#versions}`;
            this.#store(stagedKey, { ...source, versionId, sha256 });
            return { key: stagedKey, versionId, sha256 };
          }),
        remove: (version) =>
          gate('landing.remove', () => {
            const versions = this.landing.get(version.key) ?? [];
            this.landing.set(
              version.key,
              versions.filter(({ versionId }) => versionId !== version.versionId),
            );
          }),
      },
      vault: {
        head: (key) => gate('vault.head', () => this.vault.get(key)),
        copy: (promotion) =>
          gate('vault.copy', () => {
            const kept = this.#promote(promotion);
            return kept === 'occupied' ? kept : { sha256: kept.sha256 ?? '' };
          }),
        copyInParts: (promotion) =>
          gate('vault.copyInParts', () => (this.#promote(promotion) === 'occupied' ? 'occupied' : 'copied')),
      },
      catalog: {
        recall: (_, assetId) =>
          gate('catalog.recall', () => ({
            decision: this.#decision(assetId),
            word: z.string().optional().parse(this.row(assetId, 'word')?.['sha256']),
          })),
        claim: (content) => gate('catalog.claim', () => this.#claim(content)),
        takeOver: (content, from) =>
          gate('catalog.takeOver', () => {
            const { pk, sk } = hashKey(content);
            const row = this.rows.get(`${pk} ${sk}`);
            const same =
              row?.['assetId'] === from.assetId &&
              row?.['state'] === from.state &&
              row?.['claimedAt'] === from.claimedAt;
            if (same) this.setClaim(content, 'claimed', this.now);
            return same;
          }),
        recordRejection: (row) =>
          gate('catalog.recordRejection', () => this.setRow(row.assetId, 'rejected', { ...row })),
        recordDuplicate: (row) =>
          gate('catalog.recordDuplicate', () => this.setRow(row.assetId, 'duplicate', { ...row })),
      },
      findClass: (name) => classes.find((known) => known.name === name),
      clock: { now: () => this.now },
      log: { info: () => undefined, warn: (message) => this.warnings.push(message), error: () => undefined },
    };
  }

  #decision(assetId: string): 'kept' | 'refused' | undefined {
    const has = (sk: string): boolean => this.row(assetId, sk) !== undefined;
    return has('asset') || has('duplicate') ? 'kept' : has('rejected') ? 'refused' : undefined;
  }

  #claim(content: ContentClaim): HashRow | undefined {
    const { pk, sk } = hashKey(content);
    const row = this.rows.get(`${pk} ${sk}`);
    if (row === undefined) this.setClaim(content, 'claimed', this.now);
    return row === undefined || row['assetId'] === content.assetId ? undefined : (row as unknown as HashRow);
  }

  #promote({ source, key, facts }: Promotion): KeptObject | 'occupied' {
    const { bytes, size } = this.#must(source);
    if (this.vault.has(key)) return 'occupied';
    const kept = { bytes: size, sha256: sha256Of(bytes), facts, content: bytes };
    this.vault.set(key, kept);
    return kept;
  }

  #store(key: string, version: StoredVersion): void {
    this.landing.set(key, [...(this.landing.get(key) ?? []), version]);
  }

  #find({ key, versionId }: PinnedVersion): StoredVersion | undefined {
    return this.landing.get(key)?.find((version) => version.versionId === versionId);
  }

  #must(version: PinnedVersion): StoredVersion {
    const found = this.#find(version);
    if (found === undefined) throw new SourceGoneError('gone');
    return found;
  }
}

/** A small JSON document; different numbers make different contents. */
export const note = (number = 1): Uint8Array => new TextEncoder().encode(JSON.stringify({ note: number }));
