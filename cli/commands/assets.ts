import type { Asset } from '../../core/schemas/asset.ts';
import { parseAttribute, typedAttributes } from '../attributes.ts';
import { changeAttributes } from '../change-attributes.ts';
import { forEachItem } from '../each-item.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes, formatDuration, printable, table } from '../output.ts';
import type { Register } from '../program.ts';

/** `show`, `versions`, `set`, `rm`, `undelete`: what is done with one asset. */
export const registerAssetCommands: Register = (program, context) => {
  registerShow(program, context);
  registerVersions(program, context);
  registerSet(program, context);
  registerRemoval(program, context);
};

const registerShow: Register = (program, context) => {
  program
    .command('show <assetId>')
    .description('everything the catalog knows of an asset')
    .option('--replication', 'also ask both regions where its copy stands')
    .addHelpText('after', '\nExample:\n  mediakeep show 01JZ8K2M4N6P8Q0R2S4T6V8W0X --replication')
    .action(async (assetId: string, { replication = false }: { replication?: boolean }) => {
      const { output, openSession } = context();
      using session = openSession();
      const { value } = await session.client.asset(assetId, { replication });
      output.data(value);
      for (const [name, text] of describe(value)) output.line(`${printable(name.padEnd(16))} ${printable(text)}`);
    });
};

const registerVersions: Register = (program, context) => {
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
};

const setExamples = `
Examples:
  mediakeep set 01JZ8K2M4N6P8Q0R2S4T6V8W0X language=hi speakers=2
  mediakeep set 01JZ8K2M4N6P8Q0R2S4T6V8W0X --unset note`;

const registerSet: Register = (program, context) => {
  program
    .command('set <assetId> [attributes...]')
    .description('change attributes of an asset, given as name=value')
    .option('--unset <names...>', 'take these attributes away')
    .addHelpText('after', setExamples)
    .action(async (assetId: string, given: string[], { unset = [] }: { unset?: string[] }) => {
      const { output, openSession } = context();
      const texts = Object.fromEntries(given.map(parseAttribute));
      const removed = Object.fromEntries(unset.map((name) => [name, null]));
      if (given.length + unset.length === 0) {
        throw new CliError(exitCodes.usage, 'Say what to change: name=value, or --unset name.');
      }
      using session = openSession();
      const classes = await session.client.classes();
      const asset = await changeAttributes(session.client, assetId, ({ class: name }) => {
        const dataClass = classes.find((candidate) => candidate.name === name);
        return { ...typedAttributes(texts, dataClass ?? { attributes: {} }), ...removed };
      });
      output.data(asset);
      for (const [name, text] of attributesOf(asset)) output.line(`${printable(name.padEnd(16))} ${printable(text)}`);
    });
};

const registerRemoval: Register = (program, context) => {
  program
    .command('rm <assetIds...>')
    .description('delete assets softly: their versions stay, and undelete brings them back')
    .addHelpText('after', '\nExample:\n  mediakeep ls --case C-17 --json | jq -r .assetId | xargs mediakeep rm')
    .action(async (assetIds: string[]) => {
      const current = context();
      using session = current.openSession();
      await forEachItem(current, assetIds, async (assetId) => {
        current.output.item(await session.client.delete(assetId));
        current.output.line(`${assetId} deleted; \`mediakeep undelete ${assetId}\` brings it back`);
      });
    });

  program
    .command('undelete <assetIds...>')
    .description('bring deleted assets back')
    .addHelpText('after', '\nExample:\n  mediakeep undelete 01JZ8K2M4N6P8Q0R2S4T6V8W0X')
    .action(async (assetIds: string[]) => {
      const current = context();
      using session = current.openSession();
      await forEachItem(current, assetIds, async (assetId) => {
        current.output.item(await session.client.undelete(assetId));
        current.output.line(`${assetId} is back`);
      });
    });
};

type Line = readonly [name: string, text: string];

const describe = (asset: Asset): Line[] => {
  const { media = {}, attributes: _, bytes, durationMs, ...rest } = asset;
  const duration: Line[] = durationMs === undefined ? [] : [['duration', formatDuration(durationMs)]];
  const facts = Object.entries(media).map(([name, value]): Line => [`media.${name}`, plain(value)]);
  return [
    ...Object.entries(rest).map(([name, value]): Line => [name, plain(value)]),
    ['size', `${formatBytes(bytes)} (${bytes} bytes)`],
    ...duration,
    ...facts,
    ...attributesOf(asset),
  ];
};

const attributesOf = ({ attributes }: Asset): Line[] =>
  Object.entries(attributes).map(([name, value]) => [`@${name}`, plain(value)]);

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
