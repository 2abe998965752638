import type { UploadState } from '../../core/schemas/upload.ts';
import type { FaultRule } from '../../local/aws/faults.ts';
import type { RunningPlatform } from './running-platform.ts';
import type { Facts, SentUpload } from './sending.ts';
import { freshContent, sendByForm, sendByPut, stateOf } from './sending.ts';
import { settle } from './settling.ts';

/** A recording that is none, so that its bytes have to be read to find out. */
export const wrongRecording: Facts = {
  class: 'raw-audio',
  filename: 'wrong.wav',
  contentType: 'audio/wav',
  subject: 'sub-1',
  attributes: {},
};

/** Something that people do, and how it must have ended when all is quiet again. */
export interface Scenario {
  /** Made ready before anything goes wrong. */
  prepare?(running: RunningPlatform): Promise<SentUpload>;
  act(running: RunningPlatform, prepared: SentUpload | undefined): Promise<SentUpload>;
  readonly end: UploadState['state'] | 'deleted';
}

const prepared = async (running: RunningPlatform): Promise<SentUpload> => {
  const sent = await sendByPut(running, freshContent());
  await settle(running);
  return sent;
};

const required = (sent: SentUpload | undefined): SentUpload => {
  if (sent === undefined) throw new Error('This scenario has nothing prepared.');
  return sent;
};

export const scenarios = {
  'a file in one PUT': { act: (running) => sendByPut(running, freshContent()), end: 'stored' },
  'a file without its digest': { act: (running) => sendByForm(running, freshContent()), end: 'stored' },
  'a wrong file': { act: (running) => sendByPut(running, freshContent(), wrongRecording), end: 'rejected' },
  'a file that is there': {
    prepare: prepared,
    act: (running, there) => sendByPut(running, required(there).content),
    end: 'duplicate',
  },
  'a deletion': {
    prepare: prepared,
    async act(running, there) {
      await running.as('asha').delete(required(there).assetId);
      return required(there);
    },
    end: 'deleted',
  },
} as const satisfies Record<string, Scenario>;
export type ScenarioName = keyof typeof scenarios;

/** How calls fail: some the client of the function gets over by itself, five in a row bring the message back. */
export const failures = [
  { kind: 'throttle', times: 1 },
  { kind: 'error', times: 5 },
  { kind: 'reset', times: 1 },
  { kind: 'lost-answer', times: 1 },
  { kind: 'lost-answer', times: 5 },
] as const satisfies readonly Pick<FaultRule, 'kind' | 'times'>[];

/** Plays a scenario while calls fail, lets the queues run empty, and tells how it ended. */
export const playUnderFault = async (
  running: RunningPlatform,
  scenario: Scenario,
  rule: Omit<FaultRule, 'probability'>,
): Promise<{ end: string; struck: number }> => {
  const there = await scenario.prepare?.(running);
  running.platform.faults.set([{ ...rule, probability: 1 }]);
  const sent = await scenario.act(running, there);
  await settle(running);
  const struck = running.platform.faults.struck();
  running.platform.faults.set([]);
  return { end: await endOf(running, scenario, sent), struck };
};

const endOf = async (running: RunningPlatform, { end }: Scenario, sent: SentUpload): Promise<string> => {
  if (end !== 'deleted') return (await stateOf(running, sent)).state;
  return (await running.as('asha').asset(sent.assetId)).value.state;
};

/** Which operations a function has asked for so far, as `service operation`. */
export const operationsOf = ({ platform, state }: RunningPlatform, functionName: string): Set<string> =>
  new Set(
    platform.tally
      .all()
      .filter(({ caller }) => caller === state.functions[functionName])
      .map(({ service, operation }) => `${service} ${operation}`),
  );
