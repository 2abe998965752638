import * as z from 'zod';
import type { AssetItem, AssetVersion } from '../core/schemas/asset.ts';
import { Asset, AssetPage, AssetStateAnswer, ContentLink, VersionPage } from '../core/schemas/asset.ts';
import type { ListAssets } from '../core/schemas/asset-query.ts';
import { ClassList, Health } from '../core/schemas/class.ts';
import type { AddMember, ChangeMember, MemberItem } from '../core/schemas/member.ts';
import { Me, Member, MemberPage } from '../core/schemas/member.ts';
import { Stats, type UploaderUsage, UsagePage } from '../core/schemas/stats.ts';
import { UploadState } from '../core/schemas/upload.ts';
import type { Answer, Connection, ConnectionOptions } from './connection.ts';
import { callApi, openConnection } from './connection.ts';
import type { Content } from './content.ts';
import { openContent } from './content.ts';
import type { Download } from './download.ts';
import { download } from './download.ts';
import { Jobs } from './jobs.ts';
import { Retention } from './retention.ts';
import { upload } from './upload.ts';
import type { UploadFacts, UploadOptions, UploadResult } from './upload-options.ts';

/** Which assets to list, as `GET /assets` takes it; pages are followed by the client. */
export type AssetQuery = Partial<Omit<ListAssets, 'limit' | 'cursor'>> & { readonly pageSize?: number };

const noContent = z.undefined();

/**
 * The client of one deployment, for browsers and Node. `store`, `get`, `list` and `delete` are the everyday four; every
 * other route has a method too. All of them throw `ServiceError`.
 */
export class Mediakeep {
  /** How long things are kept, and what keeps them. */
  readonly retention: Retention;
  /** Jobs: archiving, restoring and whatever else takes long. */
  readonly jobs: Jobs;
  readonly #connection: Connection;

  constructor(options: ConnectionOptions) {
    this.#connection = openConnection(options);
    this.retention = new Retention(this.#connection);
    this.jobs = new Jobs(this.#connection);
  }

  /** Uploads content and answers the asset once it is verified and catalogued. */
  async store(content: Content, facts: UploadFacts, options: UploadOptions = {}): Promise<Asset> {
    const { assetId } = await this.upload(content, facts, { ...options, wait: true });
    return (await this.asset(assetId)).value;
  }

  /** The content of an asset, checked against its SHA-256 while it is read; `versionId` for an older version. */
  get(assetId: string, options: { versionId?: string; signal?: AbortSignal } = {}): Promise<Download> {
    return download(this.#connection, assetId, options);
  }

  /** All assets of a query, page by page as they are asked for. */
  list(query: AssetQuery): AsyncIterable<AssetItem> {
    const { pageSize, ...rest } = query;
    return this.#pages('/assets', { ...rest, limit: pageSize }, AssetPage);
  }

  /** Deletes an asset softly: its versions stay, undelete brings it back. */
  async delete(assetId: string): Promise<AssetStateAnswer> {
    return await this.#call('DELETE', `/assets/${assetId}`, AssetStateAnswer);
  }

  /** Uploads content with progress, cancellation and resumption. */
  upload(content: Content, facts: UploadFacts, options: UploadOptions = {}): Promise<UploadResult> {
    return upload(this.#connection, openContent(content), facts, options);
  }

  /** Where an upload stands. */
  async uploadState(assetId: string, token: string): Promise<UploadState> {
    return await this.#call('GET', `/uploads/${assetId}`, UploadState, { headers: { 'upload-token': token } });
  }

  /** Gives an upload up: its parts are removed from storage. */
  async abortUpload(assetId: string, token: string): Promise<void> {
    const request = { method: 'DELETE', path: `/uploads/${assetId}`, headers: { 'upload-token': token } } as const;
    await callApi(this.#connection, { ...request, answer: noContent });
  }

  /**
   * All that the catalog knows of an asset, with the ETag that a change of it needs; with `replication` also what both regions
   * say of its copy at this moment.
   */
  asset(assetId: string, { replication = false }: { readonly replication?: boolean } = {}): Promise<Answer<Asset>> {
    const query = { replication: replication ? 'true' : undefined };
    return callApi(this.#connection, { method: 'GET', path: `/assets/${assetId}`, query, answer: Asset });
  }

  /** The versions of an asset, newest first, delete markers included. */
  versions(assetId: string): AsyncIterable<AssetVersion> {
    return this.#pages(`/assets/${assetId}/versions`, {}, VersionPage);
  }

  /** A short-lived address of the content, pinned to one version. */
  async contentLink(assetId: string, versionId?: string): Promise<ContentLink> {
    return await this.#call('GET', `/assets/${assetId}/content`, ContentLink, { query: { versionId } });
  }

  /** Sets attributes; null takes one away. Fails with `precondition-failed` if the asset is not the one that `etag` names. */
  change(assetId: string, attributes: Record<string, unknown>, etag: string): Promise<Answer<Asset>> {
    const request = { method: 'PATCH', path: `/assets/${assetId}`, headers: { 'if-match': etag } } as const;
    return callApi(this.#connection, { ...request, body: { attributes }, answer: Asset });
  }

  /** Takes the delete marker away. */
  async undelete(assetId: string): Promise<AssetStateAnswer> {
    return await this.#call('POST', `/assets/${assetId}/undelete`, AssetStateAnswer);
  }

  /** The data classes of the deployment, with what each accepts. */
  async classes(): Promise<ClassList['items']> {
    return (await this.#call('GET', '/classes', ClassList)).items;
  }

  /** Who the token says one is, and what one may do. */
  async me(): Promise<Me> {
    return await this.#call('GET', '/me', Me);
  }

  async health(): Promise<Health> {
    return await this.#call('GET', '/health', Health);
  }

  /** What the tenant keeps, what it costs and how it grew in the last days. */
  async stats(query: { readonly days?: number | undefined; readonly class?: string | undefined } = {}): Promise<Stats> {
    const days = query.days === undefined ? undefined : String(query.days);
    return await this.#call('GET', '/stats', Stats, { query: { days, class: query.class } });
  }

  /** What each uploader keeps. */
  usage(): AsyncIterable<UploaderUsage> {
    return this.#pages('/stats/users', {}, UsagePage);
  }

  /** Everybody who belongs to the tenant. */
  members(): AsyncIterable<MemberItem> {
    return this.#pages('/members', {}, MemberPage);
  }

  /** Invites a person by e-mail address, or admits a machine or a known principal. */
  async addMember(member: AddMember): Promise<Member> {
    return await this.#call('POST', '/members', Member, { body: member });
  }

  async changeMember(principal: string, change: ChangeMember): Promise<Member> {
    return await this.#call('PATCH', `/members/${encodeURIComponent(principal)}`, Member, { body: change });
  }

  /** Takes all rights away; effective within a minute. */
  async removeMember(principal: string): Promise<void> {
    await this.#call('DELETE', `/members/${encodeURIComponent(principal)}`, noContent);
  }

  async #call<Schema extends z.ZodType>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    answer: Schema,
    options: { body?: unknown; headers?: Record<string, string>; query?: Record<string, string | undefined> } = {},
  ): Promise<z.output<Schema>> {
    return (await callApi(this.#connection, { method, path, answer, ...options })).value;
  }

  async *#pages<Item>(
    path: string,
    query: Record<string, string | number | undefined>,
    answer: z.ZodType<{ items: Item[]; cursor?: string | undefined }>,
  ): AsyncIterable<Item> {
    let cursor: string | undefined;
    do {
      const { value } = await callApi(this.#connection, { method: 'GET', path, query: { ...query, cursor }, answer });
      yield* value.items;
      cursor = value.cursor;
    } while (cursor !== undefined);
  }
}
