import { isoTime } from '../../core/time.ts';
import type { ReportedError } from './worker/messages.ts';

/** The lines that Lambda itself writes around an invocation. */
export const startLine = (requestId: string, version: string): string =>
  `START RequestId: ${requestId} Version: ${version}`;

export const endLine = (requestId: string): string => `END RequestId: ${requestId}`;

/** One line for what the function threw or died of. */
export const errorLine = (nowMs: number, requestId: string, error: ReportedError): string => {
  const { errorType, errorMessage, trace } = error;
  if (errorType === 'Sandbox.Timedout')
    return `${isoTime(nowMs)} ${requestId} ${errorMessage.replace(/^.*Error: /, '')}`;
  const details = JSON.stringify({ errorType, errorMessage, stack: trace });
  return `${isoTime(nowMs)}\t${requestId}\tERROR\tInvoke Error \t${details}`;
};

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  /** Only for the first invocation of a container. */
  readonly initMs: number | undefined;
  readonly memoryMiB: number;
  readonly usedHeapBytes: number | undefined;
}

/** What an invocation took. */
export const reportLine = ({ requestId, durationMs, initMs, memoryMiB, usedHeapBytes }: Report): string => {
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${memoryMiB} MB`,
    `Max Memory Used: ${usedHeapBytes === undefined ? memoryMiB : Math.ceil(usedHeapBytes / 1_048_576)} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
  ];
  return `${parts.join('\t')}\t`;
};
