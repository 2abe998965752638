import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { CatalogView, CatalogWrite, VaultView } from '../../core/observe/ports.ts';
import type { Protocol } from './model/simulate.ts';

/** A protocol that tells each of its calls, in the order in which the schedule lets them happen. */
export const narrated = (protocol: Protocol, tell: (line: string) => void): Protocol => {
  let started = 0;
  return async (target, hint, deps) => {
    const name = `#${++started} ${target.assetId.slice(-1)}`;
    tell(`${name} begins: ${hint.kind === 'created' ? `created ${hint.versionId}` : 'look'}`);
    const telling = async <T>(call: string, answer: Promise<T>, shown: (value: T) => string): Promise<T> => {
      try {
        const value = await answer;
        tell(`${name} ${call}: ${shown(value)}`);
        return value;
      } catch (error) {
        tell(`${name} ${call}: fails`);
        throw error;
      }
    };
    const vault: VaultView = {
      headVersion: (key, id) => telling(`head ${id}`, deps.vault.headVersion(key, id), inWords),
      listVersions: (key) => telling('list', deps.vault.listVersions(key), (list) => list.map(shortVersion).join(' ')),
      readText: (key) => telling('facts', deps.vault.readText(key), (text) => text?.body ?? 'nothing'),
    };
    const catalog: CatalogView = {
      readAsset: (tenant, id) => telling('read row', deps.catalog.readAsset(tenant, id), shortRow),
      readPacked: (tenant, id) => telling('read pack', deps.catalog.readPacked(tenant, id), inWords),
      writeAsset: (write) => telling(shortWrite(write), deps.catalog.writeAsset(write), ({ kind }) => kind),
    };
    await telling('ends', Promise.resolve(protocol(target, hint, { ...deps, vault, catalog })), () => 'done');
  };
};

const inWords = (value: unknown): string => (value === undefined ? 'nothing' : 'found');

const shortVersion = ({ versionId, marker }: { versionId: string; marker: boolean }): string =>
  marker ? `${versionId}(marker)` : versionId;

const shortRow = (row: AssetRow | undefined): string =>
  row === undefined
    ? 'none'
    : `revision ${row.revision}, ${row.summary.state}, ${row.versions.map(shortVersion).join(' ')}`;

const shortWrite = ({ row, expected, put, remove }: CatalogWrite): string =>
  [
    `write ${shortRow(row)} over ${expected ?? 'none'}`,
    ...put.map(({ kind, sk }) => `put ${kind} ${sk}`),
    ...remove.map(({ kind, key }) => `remove ${kind} ${key.sk}`),
  ].join(', ');
