import type { Asset } from '../../core/schemas/asset.ts';
import { formatBytes, formatDuration, printable, table } from '../output.ts';
import type { Register } from '../program.ts';

/** `show`, `versions`, `rm`, `undelete`, `set`: one asset at a time. */
export const registerAssetCommands: Register = (program, context) => {
  program
    .command('show <assetId>')
    .description('everything the catalog knows of an asset')
    .addHelpText('after', '\nExample:\n  mediakeep show 01JZ8K2M4N6P8Q0R2S4T6V8W0X')
    .action(async (assetId: string) => {
      const { output, openSession } = context();
      using session = openSession();
      const { value } = await session.client.asset(assetId);
      output.data(value);
      for (const [name, text] of describe(value)) output.line(`${name.padEnd(14)} ${printable(text)}`);
    });

  program
    .command('versions <assetId>')
    .description('the versions of an asset, newest first, delete markers included')
    .addHelpText('after', '\nExample:\n  mediakeep versions 01JZ8K2M4N6P8Q0R2S4T6V8W0X --json')
    .action(async (assetId: string) => {
      const { output, openSession } = context();
      using session = openSession();
      const versions = await Array.fromAsync(session.client.versions(assetId));
      output.data(versions);
      const rows = versions.map((entry) => [
        entry.versionId,
        entry.at,
        entry.marker ? 'delete marker' : formatBytes(entry.bytes ?? 0),
        entry.storageClass ?? '',
      ]);
      for (const line of table(['VERSION', 'TIME', 'CONTENT', 'STORAGE'], rows)) output.line(line);
    });

  program
    .command('rm <assetIds...>')
    .description('delete assets softly: their versions stay, and undelete brings them back')
    .addHelpText('after', '\nExample:\n  mediakeep ls --case C-17 --json | jq -r .assetId | xargs mediakeep rm')
    .action(async (assetIds: string[]) => {
      const { output, openSession } = context();
      using session = openSession();
      for (const assetId of assetIds) {
        const answer = await session.client.delete(assetId);
        output.item(answer);
        output.line(`${assetId} deleted; \`mediakeep undelete ${assetId}\` brings it back`);
      }
    });

  program
    .command('undelete <assetIds...>')
    .description('bring deleted assets back')
    .addHelpText('after', '\nExample:\n  mediakeep undelete 01JZ8K2M4N6P8Q0R2S4T6V8W0X')
    .action(async (assetIds: string[]) => {
      const { output, openSession } = context();
      using session = openSession();
      for (const assetId of assetIds) {
        output.item(await session.client.undelete(assetId));
        output.line(`${assetId} is back`);
      }
    });
};

const describe = (asset: Asset): [string, string][] => {
  const media = Object.entries(asset.media ?? {}).map(([name, value]): [string, string] => [
    `media.${name}`,
    String(value),
  ]);
  const attributes = Object.entries(asset.attributes).map(([name, value]): [string, string] => [
    `@${name}`,
    String(value),
  ]);
  const { media: _, attributes: __, bytes, durationMs, ...rest } = asset;
  const plain = Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]);
  const duration: [string, string][] = durationMs === undefined ? [] : [['duration', formatDuration(durationMs)]];
  return [...plain, ['size', `${formatBytes(bytes)} (${bytes} bytes)`], ...duration, ...media, ...attributes];
};
