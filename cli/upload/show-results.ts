import { amount } from '../../core/amount.ts';
import type { CommandContext } from '../context.ts';
import { exitOf } from '../each-item.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { failureLines } from '../failure.ts';
import type { Output } from '../output.ts';
import { formatBytes, table } from '../output.ts';
import type { UploadPlan } from './plan-files.ts';
import type { FileResult } from './upload-files.ts';

type Shown = Pick<CommandContext, 'output' | 'setExitCode'>;

/** What a dry run has to say. */
export const showPlan = ({ output, setExitCode }: Shown, { planned, failed }: UploadPlan): void => {
  for (const { path, bytes, facts } of planned) output.item({ path, bytes, ...facts });
  for (const result of failed) output.item(result);
  const rows = planned.map(({ path, bytes, facts: { class: name, contentType, filename: _, attributes, ...said } }) => [
    path,
    formatBytes(bytes),
    name,
    contentType,
    JSON.stringify({ ...said, ...attributes }),
  ]);
  for (const line of table(['FILE', 'SIZE', 'CLASS', 'TYPE', 'SAYS'], rows)) output.line(line);
  explain(output, failed);
  const bytes = planned.reduce((sum, file) => sum + file.bytes, 0);
  output.line(
    `${amount(planned.length, 'file')}, ${formatBytes(bytes)}, would be uploaded; ${failed.length} cannot be.`,
  );
  finish(setExitCode, failed, planned.length + failed.length);
};

/** The summary of what became of each file. */
export const showResults = ({ output, setExitCode }: Shown, results: readonly FileResult[], total: number): void => {
  const rows = results.map(({ path, bytes, state, assetId }) => [path, formatBytes(bytes), state, assetId ?? '']);
  for (const line of table(['FILE', 'SIZE', 'STATE', 'ASSET'], rows)) output.line(line);
  const failed = results.filter(({ state }) => state === 'failed');
  explain(output, failed);
  output.line(`${results.length - failed.length} of ${amount(total, 'file')} went through.`);
  finish(setExitCode, failed, total);
};

const explain = (output: Output, failed: readonly FileResult[]): void => {
  for (const { path, failure } of failed) {
    if (failure === undefined) continue;
    for (const line of failureLines({ ...failure, message: `${path}: ${failure.message}` })) output.note(line);
  }
};

const finish = (setExitCode: (code: ExitCode) => void, failed: readonly FileResult[], total: number): void => {
  const codes = failed.map(({ failure }) => failure?.exitCode ?? exitCodes.failed);
  if (codes.length > 0) setExitCode(exitOf(codes, total));
};
