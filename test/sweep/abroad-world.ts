import { type AbroadRow, type Announcement, abroadRows } from '../../core/abroad/abroad-row.ts';
import type { Abroad } from '../../lambdas/sweep/abroad-page.ts';

/** Two regions with their versions, `key version`, and the rows of what has to go abroad. */
export class AbroadWorld {
  readonly rows = new Map<string, AbroadRow>();
  readonly home = new Set<string>();
  readonly copies = new Set<string>();
  readonly locked = new Set<string>();
  isDown = false;
  #ids = 0;

  announce(now: number, what: Announcement): void {
    this.#ids += 1;
    for (const row of abroadRows(what, { now, random: () => this.#ids / 1000 })) this.rows.set(row.sk, row);
  }

  get deps(): Abroad {
    return {
      table: {
        page: async (limit, after = '') => {
          const all = [...this.rows.values()].filter(({ sk }) => sk > after).sort((a, b) => (a.sk < b.sk ? -1 : 1));
          const rows = all.slice(0, limit);
          return { rows, next: all.length > limit ? rows.at(-1)?.sk : undefined };
        },
        remove: async ({ sk }) => void this.rows.delete(sk),
        putOff: async (row, dueAt) => void this.rows.set(row.sk, { ...row, dueAt }),
      },
      vault: {
        atHome: async (versions) => versions.filter((version) => this.home.has(nameOf(version))),
        abroad: async (versions) => this.#answers(versions).filter((version) => this.copies.has(nameOf(version))),
        remove: async (versions) => {
          const all = this.#answers(versions);
          for (const name of all.map(nameOf)) if (!this.locked.has(name)) this.copies.delete(name);
          const kept = all.filter((version) => this.locked.has(nameOf(version)));
          return kept.map((version) => ({ ...version, code: 'AccessDenied' }));
        },
      },
    };
  }

  #answers<T>(value: T): T {
    if (this.isDown) throw new Error('The region does not answer.');
    return value;
  }
}

export const nameOf = ({ key, versionId }: { readonly key: string; readonly versionId: string }): string =>
  `${key} ${versionId}`;
