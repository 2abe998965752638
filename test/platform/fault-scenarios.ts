import type { UploadState } from '../../core/schemas/upload.ts';
import type { FaultRule } from '../../local/aws/faults.ts';
import type { RunningPlatform } from './running-platform.ts';
import type { Facts, SentUpload } from './sending.ts';
import { freshContent, sendByForm, sendByPut, stateOf } from './sending.ts';
import { deadLetters, settle } from './settling.ts';
import { disagreements } from './vault-and-catalog.ts';

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
const failures = [
  { kind: 'throttle', times: 1 },
  { kind: 'error', times: 5 },
  { kind: 'reset', times: 1 },
  { kind: 'lost-answer', times: 1 },
  { kind: 'lost-answer', times: 5 },
] as const satisfies readonly Pick<FaultRule, 'kind' | 'times'>[];

/** Plays a scenario while calls fail, lets the queues run empty, and tells how it ended. */
const playUnderFault = async (
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

/** A call of a function, as `service operation`, and what leads to it. */
export type CalledIn = readonly [call: string, scenario: ScenarioName];

/** Each of the calls, failing in every way. */
export const faultsOf = (calls: readonly CalledIn[]) =>
  calls.flatMap(([call, scenario]) => failures.map((failure) => ({ call, scenario, ...failure })));

/** Plays what leads to a call of a function while the call fails, and answers how everything is afterwards. */
export const playFault = async (
  running: RunningPlatform,
  functionName: string,
  { call, scenario, ...how }: ReturnType<typeof faultsOf>[number],
) => {
  const [service = '', operation = ''] = call.split(' ');
  const rule = { service, operation, caller: running.state.functions[functionName] ?? '', ...how };
  const played = await playUnderFault(running, scenarios[scenario], rule);
  return { ...played, disagreements: await disagreements(running), deadLetters: deadLetters(running) };
};

/** How everything is after a fault that did no harm. */
export const unharmed = (scenario: ScenarioName) => ({
  end: scenarios[scenario].end,
  disagreements: [],
  deadLetters: { intake: 0, catalog: 0 },
});

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
