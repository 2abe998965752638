import type { Announcement } from '../../core/abroad/abroad-row.ts';
import { eraseFromPack } from '../../core/pack/erase.ts';
import { memberOf, readMember } from '../../core/pack/format.ts';
import type { PackedRow, PackRow } from '../../core/pack/packed-row.ts';
import type { PackTable, PackVault } from '../../core/pack/ports.ts';
import type { PackDeps } from '../../core/pack/settle.ts';
import { hours } from '../../core/time.ts';

/** Thrown in the place of a call, before or after it had its effect: the process is gone. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

interface Stored {
  readonly versionId: string;
  readonly body: Uint8Array;
  archived?: boolean;
  tag?: string;
  locked?: boolean;
}

export const tenant = 't1';
export const dataClass = 'transcription';
export const owner = { tenant, dataClass };

/** A vault and a table in memory, whose calls can be cut off one by one. */
export class PackModel {
  readonly objects = new Map<string, Stored>();
  readonly packs = new Map<string, PackRow>();
  readonly packed = new Map<string, PackedRow>();
  readonly contents = new Map<string, Buffer>();
  readonly purged = new Set<string>();
  /** What somebody has asked to be deleted in the second region. */
  readonly abroad: Announcement[] = [];
  /** Keys at which the catalog was asked to look. */
  readonly looked = new Set<string>();
  /** Versions that packing has deleted, `key version`. */
  readonly deleted: string[] = [];
  now = Date.parse('2026-01-01T00:00:00.000Z');
  calls = 0;
  /** The call that is cut off, and whether it has its effect first. */
  crashAt: { readonly call: number; readonly after: boolean } | undefined;
  /** Runs before each call: what others do meanwhile. */
  meanwhile: (call: number) => void = () => {};
  #ids = 0;

  addAsset(index: number, content: string): void {
    const assetId = idOf(index);
    this.contents.set(assetId, Buffer.from(content));
    this.objects.set(keyOf(assetId), { versionId: `v-${assetId}`, body: Buffer.from(content) });
  }

  get candidates() {
    return [...this.contents.keys()].map((assetId) => ({ assetId, key: keyOf(assetId), versionId: `v-${assetId}` }));
  }

  /** What a reader finds: the asset's own object, or the living member of the pack that its row names. */
  read(assetId: string): Buffer | undefined {
    const own = this.objects.get(keyOf(assetId));
    if (own !== undefined) return Buffer.from(own.body);
    const row = this.packed.get(assetId);
    if (row === undefined || row.erasedAt !== undefined) return undefined;
    const pack = this.objects.get(row.pack.key);
    if (pack === undefined || pack.versionId !== row.pack.versionId) return undefined;
    const { offset, storedBytes } = row.member;
    return readMember(pack.body.subarray(offset, offset + storedBytes), row.member);
  }

  /** What an eraser does: all versions first, then the row of the pack. */
  async purge(assetId: string): Promise<void> {
    this.purged.add(assetId);
    this.objects.delete(keyOf(assetId));
    await eraseFromPack({ tenant, assetId }, { table: this.#tableNow, clock: this.clock });
  }

  /** True where any object of the vault still holds the content. */
  holds(assetId: string): boolean {
    const text = this.contents.get(assetId);
    return [...this.objects.entries()].some(([key, { body }]) => {
      if (!key.startsWith('packs/')) return key === keyOf(assetId);
      const row = [...this.packed.values()].find((known) => known.pack.key === key && known.member.assetId === assetId);
      return row === undefined ? false : memberOf(body, row.member).equals(text ?? Buffer.alloc(0));
    });
  }

  readonly clock = { now: () => this.now };

  get deps(): PackDeps {
    return {
      vault: this.#cut(this.#vault),
      table: this.#cut(this.#tableNow),
      clock: this.clock,
      announceAbroad: this.#cut({ announce: async (what: Announcement) => void this.abroad.push(what) }).announce,
      lookAgain: async (key) => void this.looked.add(key),
      newId: () => `01JZ8K2M4N6P8Q0R2S4T6V8${String(this.#ids++).padStart(3, '0')}`,
      each: async (items, work) => {
        for (const item of items) await work(item);
      },
    };
  }

  /** The next process begins later. */
  restart(): void {
    this.now += hours(2);
    this.crashAt = undefined;
  }

  #cut<T extends object>(port: T): T {
    return new Proxy(port, {
      get:
        (target, name) =>
        async (...given: unknown[]) => {
          const call = this.calls++;
          this.meanwhile(call);
          const cut = this.crashAt?.call === call;
          if (cut && this.crashAt?.after === false) throw new Crash(String(name));
          const answer: unknown = await callOf(target, name)(...given);
          if (cut) throw new Crash(String(name));
          return answer;
        },
    });
  }

  readonly #vault: PackVault = {
    readObject: async (key, versionId) => {
      const object = this.objects.get(key);
      if (object?.versionId !== versionId) return undefined;
      return {
        locked: object.locked === true,
        source: {
          key,
          versionId,
          at: '2025-01-01T00:00:00.000Z',
          bytes: object.body.length,
          etag: '"e"',
          content: object.body,
        },
      };
    },
    isCurrent: async (key, versionId) => this.objects.get(key)?.versionId === versionId,
    putPack: async (key, body) => {
      if (!this.objects.has(key)) this.objects.set(key, { versionId: `v-${key}`, body });
    },
    readPack: async (key) => {
      const object = this.objects.get(key);
      if (object === undefined) return undefined;
      return object.archived === true
        ? 'archived'
        : { versionId: object.versionId, body: object.body, locked: object.locked === true };
    },
    deleteVersion: async (key, versionId) => {
      if (this.objects.get(key)?.versionId !== versionId) return;
      this.objects.delete(key);
      this.deleted.push(`${key} ${versionId}`);
    },
    tagForArchive: async (key, _versionId, storageClass) => {
      const object = this.objects.get(key);
      if (object !== undefined) object.tag = storageClass;
    },
    restorePack: async (key) => {
      const object = this.objects.get(key);
      if (object !== undefined) object.archived = false;
    },
  };

  readonly #tableNow: PackTable & { erase(m: PackedRow, p: PackRow, expected: number): Promise<boolean> } = {
    readPack: async (_tenant, packId) => this.packs.get(packId),
    listPacks: async (_tenant, state) => [...this.packs.values()].filter((row) => row.state === state),
    addPack: async (row) => void this.packs.set(row.packId, row),
    changePack: async (row, expected) => {
      if (this.packs.get(row.packId)?.revision !== expected) return false;
      this.packs.set(row.packId, row);
      return true;
    },
    removePack: async ({ packId }) => void this.packs.delete(packId),
    readMembers: async (_tenant, ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = this.packed.get(id);
          return row === undefined ? [] : [[id, row] as const];
        }),
      ),
    listMembers: async (_tenant, packId) => [...this.packed.values()].filter(({ pack }) => pack.packId === packId),
    adopt: async (rows, over) => {
      for (const row of rows) {
        const known = this.packed.get(row.member.assetId);
        const ours = known === undefined || [row.pack.packId, over].includes(known.pack.packId);
        const deleted = known?.deletedAt === undefined ? {} : { deletedAt: known.deletedAt };
        if (ours && known?.erasedAt === undefined) this.packed.set(row.member.assetId, { ...row, ...deleted });
      }
    },
    drop: async (_tenant, ids, packId) => {
      for (const id of ids) if (this.packed.get(id)?.pack.packId === packId) this.packed.delete(id);
    },
    erase: async (member, pack, expected) => {
      const known = this.packed.get(member.member.assetId);
      if (known === undefined || known.pack.packId !== member.pack.packId || known.erasedAt !== undefined) return false;
      if (this.packs.get(pack.packId)?.revision !== expected) return false;
      this.packed.set(member.member.assetId, member);
      this.packs.set(pack.packId, pack);
      return true;
    },
  };
}

export const idOf = (index: number): string => `01JZ8K2M4N6P8Q0R2S4T6V9${String(index).padStart(3, '0')}`;
export const keyOf = (assetId: string): string => `processed/transcriptions/${tenant}/2025-01-01/${assetId}/t.json`;

const callOf = (target: object, name: string | symbol): ((...given: unknown[]) => unknown) => {
  const call: unknown = Reflect.get(target, name);
  if (typeof call !== 'function') throw new Error(`The port has no ${String(name)}.`);
  return (...given) => Reflect.apply(call, target, given);
};
