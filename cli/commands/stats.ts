import { Option } from 'commander';
import { amount } from '../../core/amount.ts';
import type { Stats, UploaderUsage } from '../../core/schemas/stats.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes, type Output, table } from '../output.ts';
import type { Register } from '../program.ts';

const views = ['class', 'storage', 'type', 'day', 'user'] as const;

interface StatsOptions {
  readonly by: (typeof views)[number];
  readonly days: string;
  readonly class?: string;
}

const examples = `
Examples:
  mediakeep stats
  mediakeep stats --by storage
  mediakeep stats --by day --days 90 --class raw-audio
  mediakeep stats --by user
  mediakeep stats --json | jq .growth.forecast`;

/** `stats`: what is kept, what it costs and how it grows. */
export const registerStatsCommand: Register = (program, context) => {
  program
    .command('stats')
    .description('what is kept, by class, storage class, type, day or user, with cost and growth')
    .addOption(new Option('--by <what>', 'what the table counts by').choices([...views]).default('class'))
    .option('--days <n>', 'days of growth, 1 to 400', '30')
    .option('--class <name>', 'one data class alone')
    .addHelpText('after', examples)
    .action(async (options: StatsOptions) => {
      const { output, openSession } = context();
      using session = openSession();
      if (options.by === 'user') {
        if (options.class !== undefined) throw new CliError(exitCodes.usage, '`--class` does not go with `--by user`.');
        return showUsers(output, await Array.fromAsync(session.client.usage()));
      }
      const stats = await session.client.stats({ days: daysOf(options.days), class: options.class });
      output.data(stats);
      if (options.by === 'day') showDays(output, stats);
      else showTable(output, stats, options.by);
      showTotal(output, stats);
    });
};

const daysOf = (text: string): number => {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 400) return Number(text);
  throw new CliError(exitCodes.usage, `\`--days ${text}\` is not a whole number from 1 to 400.`);
};

interface Counted {
  readonly assets: number;
  readonly versions: number;
  readonly bytes: number;
  readonly noncurrentBytes: number;
  readonly monthlyCost: number;
}

const countHead = ['ASSETS', 'VERSIONS', 'BYTES', 'OLD BYTES', 'USD/MONTH'];
const countCells = ({ assets, versions, bytes, noncurrentBytes, monthlyCost }: Counted): (string | number)[] => [
  assets,
  versions,
  formatBytes(bytes),
  formatBytes(noncurrentBytes),
  monthlyCost.toFixed(2),
];

const showTable = (output: Output, stats: Stats, by: 'class' | 'storage' | 'type'): void => {
  const title = { class: 'CLASS', storage: 'STORAGE CLASS', type: 'CONTENT TYPE' }[by];
  const rows = {
    class: stats.classes.map((item) => [item.class, ...countCells(item)]),
    storage: stats.storageClasses.map((item) => [item.storageClass, ...countCells(item)]),
    type: stats.classes.flatMap(({ class: name, contentTypes }) =>
      contentTypes.map((item) => [`${name} ${item.contentType}`, ...countCells(item)]),
    ),
  }[by];
  for (const line of table([title, ...countHead], rows)) output.line(line);
};

const showDays = (output: Output, { growth }: Stats): void => {
  const rows = growth.days.map((day) => [
    day.day,
    day.addedAssets,
    formatBytes(day.addedBytes),
    day.removedAssets,
    formatBytes(day.removedBytes),
    formatBytes(day.bytes),
  ]);
  for (const line of table(['DAY', 'ADDED', 'BYTES', 'REMOVED', 'BYTES', 'KEPT'], rows)) output.line(line);
};

const showTotal = (output: Output, { total, growth, prices, asOf }: Stats): void => {
  const { forecast } = growth;
  output.line('');
  output.line(
    `${amount(total.assets, 'asset')}, ${formatBytes(total.bytes + total.noncurrentBytes)}, about $${total.monthlyCost.toFixed(2)} a month for storage.`,
  );
  if (forecast !== undefined) {
    const [sign, perDay] = [forecast.bytesPerDay < 0 ? '-' : '+', formatBytes(Math.abs(forecast.bytesPerDay))];
    output.line(
      `${sign}${perDay} a day over ${amount(forecast.basedOnDays, 'day')}: ${formatBytes(forecast.in30Days)} in 30 days, ${formatBytes(forecast.in365Days)} in a year.`,
    );
  }
  const estimated = prices.estimated ? ', some of them estimates' : '';
  output.note(
    `Counted ${asOf ?? 'never: nothing was stored'}. Prices of ${prices.asOf} for ${prices.region}${estimated}.`,
  );
};

const showUsers = (output: Output, users: readonly UploaderUsage[]): void => {
  const largestFirst = users.toSorted((a, b) => b.bytes - a.bytes);
  for (const user of largestFirst) output.item(user);
  const rows = largestFirst.map(({ uploader, assets, bytes }) => [uploader, assets, formatBytes(bytes)]);
  for (const line of table(['UPLOADER', 'ASSETS', 'BYTES'], rows)) output.line(line);
};
