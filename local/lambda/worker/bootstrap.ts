import { flushCompileCache } from 'node:module';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { captureLines } from './captured-output.ts';
import { compileCacheVariable } from './compile-cache.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { InvokeMessage, WorkerMessage, WorkerStart } from './messages.ts';
import { reportError } from './reported-error.ts';
import { shiftDate } from './shifted-date.ts';

/*
 * The runtime inside a worker thread. It shifts the clock and captures the output before any code of the function runs, loads
 * the handler once, and then serves one invocation at a time. What the process model of Lambda treats as a crash (an
 * unhandled rejection, an exception outside the handler) ends the worker here too.
 */
const start: WorkerStart = workerData;
delete process.env[compileCacheVariable];
// At once, for the threads that begin while this one loads its function.
flushCompileCache();
const send = (message: WorkerMessage): void => parentPort?.postMessage(message);
const onLine = (line: string): void => send({ type: 'line', line });

shiftDate(start.clockOffset);
const flushOutput = [captureLines(process.stdout, onLine), captureLines(process.stderr, onLine)];
const flush = (): void => {
  for (const flushStream of flushOutput) flushStream();
};

const crash = (error: ReturnType<typeof reportError>, exitCode: number): void => {
  flush();
  send({ type: 'crashed', error });
  process.exit(exitCode);
};
process.on('uncaughtException', (error) => crash(reportError(error), 129));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, errorType, trace } = reportError(reason);
  const message = `${errorType}: ${errorMessage}`;
  crash({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: message, trace }, 128);
});

const contextOf = ({ requestId, timeoutMs, invokedFunctionArn }: InvokeMessage): object => {
  const deadline = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
};

const runInvocation = async (handler: Handler, message: InvokeMessage): Promise<void> => {
  const { requestId } = message;
  Object.assign(process.env, message.renewed);
  process.env['_X_AMZN_TRACE_ID'] = message.traceId;
  try {
    const answer = await handler(JSON.parse(message.payload), contextOf(message));
    const payload = JSON.stringify(answer === undefined ? null : answer);
    flush();
    send({ type: 'done', requestId, payload: payload ?? 'null', usedHeapBytes: getHeapStatistics().used_heap_size });
  } catch (thrown) {
    flush();
    send({ type: 'failed', requestId, error: reportError(thrown), usedHeapBytes: getHeapStatistics().used_heap_size });
  }
};

try {
  const handler = await loadHandler(start.codePath, start.handler);
  parentPort?.on('message', (message: InvokeMessage) => void runInvocation(handler, message));
  send({ type: 'ready' });
  flushCompileCache();
} catch (thrown) {
  flush();
  send({ type: 'initFailed', error: reportError(thrown) });
}
