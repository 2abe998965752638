import { Option } from 'commander';
import type { AssetQuery } from '../../client/index.ts';
import type { AssetItem } from '../../core/schemas/asset.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes, formatDuration, table } from '../output.ts';
import type { Register } from '../program.ts';

interface LsOptions {
  readonly class?: string;
  readonly uploader?: string;
  readonly subject?: string;
  readonly case?: string;
  readonly language?: string;
  readonly intent?: string;
  readonly variation?: string;
  readonly sha256?: string;
  readonly bytes?: string;
  readonly from?: string;
  readonly to?: string;
  readonly order: 'newest' | 'oldest';
  readonly deleted?: boolean;
  readonly limit: string;
}

const examples = `
Examples:
  mediakeep ls --class raw-audio
  mediakeep ls --case C-17 --from 2026-01-01T00:00:00Z
  mediakeep ls --language hi --intent lights.on
  mediakeep ls --subject speaker-0042 --json | jq -r .assetId`;

/** `ls`: assets by one of the catalog's patterns. */
export const registerLsCommand: Register = (program, context) => {
  program
    .command('ls')
    .description('list assets by class, uploader, subject, case, phrase or content')
    .option('--class <name>', 'assets of a data class')
    .option('--uploader <principal>', 'assets that somebody uploaded')
    .option('--subject <id>', 'assets of a data subject')
    .option('--case <id>', 'assets of a case')
    .option('--language <code>', 'voice commands in a language')
    .option('--intent <name>', 'with --language')
    .option('--variation <name>', 'with --intent')
    .option('--sha256 <base64>', 'assets with exactly this content, with --bytes')
    .option('--bytes <n>', 'length of the content, with --sha256')
    .option('--deleted', 'with --class: deleted ones, which undelete can bring back')
    .option('--from <time>', 'created at or after, ISO 8601')
    .option('--to <time>', 'created before, ISO 8601')
    .addOption(new Option('--order <order>', 'by time of creation').choices(['newest', 'oldest']).default('newest'))
    .option('--limit <n>', 'at most so many; 0 for all', '100')
    .addHelpText('after', examples)
    .action(async (options: LsOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      const limit = wholeNumber(options.limit);
      const items: AssetItem[] = [];
      let count = 0;
      let more = false;
      for await (const item of session.client.list(queryOf(options, limit))) {
        more = limit > 0 && count === limit;
        if (more) break;
        count += 1;
        output.item(item);
        if (!output.json) items.push(item);
      }
      for (const line of table(['ASSET', 'CREATED', 'CLASS', 'SIZE', 'LENGTH', 'NAME'], items.map(rowOf)))
        output.line(line);
      if (more) output.note(`There are more than ${limit}; --limit 0 lists them all.`);
    });
};

const queryOf = ({ limit: _, bytes, deleted, ...options }: LsOptions, limit: number): AssetQuery => ({
  ...options,
  ...(deleted && { state: 'deleted' }),
  ...(bytes !== undefined && { bytes: wholeNumber(bytes) }),
  pageSize: limit === 0 ? 200 : Math.min(200, limit + 1),
});

const wholeNumber = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError(exitCodes.usage, `\`${text}\` is not a whole number.`);
};

const rowOf = (item: AssetItem): (string | number)[] => [
  item.assetId,
  item.createdAt.slice(0, 19).replace('T', ' '),
  item.class,
  formatBytes(item.bytes),
  item.durationMs === undefined ? '' : formatDuration(item.durationMs),
  item.state === 'deleted' ? `${item.filename} (deleted)` : item.filename,
];
