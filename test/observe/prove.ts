import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { observe } from '../../core/observe/observe.ts';
import { simulate } from './model/simulate.ts';
import { narrated } from './narrated.ts';
import { proveSchedules } from './prove-schedules.ts';
import { wrongProtocols } from './wrong-protocols.ts';

const usage = `Proves that the catalog agrees with the vault after any schedule of changes, events, workers and failures.

  npm run prove -- --schedules 10000000     lives through so many schedules (default 100000)
  npm run prove -- --first 5000             begins with this seed (default 1)
  npm run prove -- --threads 2              uses so many threads (default: one per processor)
  npm run prove -- --seed 792               replays one schedule and tells each of its calls
  npm run prove -- --seed 792 --protocol staleRead
                                            replays it with a protocol that is known to be wrong

Wrong protocols: ${Object.keys(wrongProtocols).join(', ')}
`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '100000' },
    first: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    protocol: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const number = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} takes a whole number from 0 on, not ${JSON.stringify(text)}.`);
};

const protocolNamed = (name: string | undefined) => {
  if (name === undefined) return observe;
  const wrong = wrongProtocols[name];
  if (wrong === undefined) throw new Error(`--protocol takes one of ${Object.keys(wrongProtocols).join(', ')}.`);
  return wrong;
};

const replay = async (seed: number): Promise<boolean> => {
  const disagreements = await simulate(seed, narrated(protocolNamed(values.protocol), console.log));
  console.log(disagreements.length === 0 ? 'The catalog agrees with the vault.' : disagreements.join('\n'));
  return disagreements.length === 0;
};

const proveAll = async (first: number, count: number, threads: number): Promise<boolean> => {
  const begun = performance.now();
  let lived = 0;
  const found = await proveSchedules({ first, count }, Math.max(1, threads), (schedules) => {
    lived += schedules;
    if (process.stderr.isTTY) process.stderr.write(`\r${lived} of ${count}`);
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${process.stderr.isTTY ? '\n' : ''}${count} schedules from seed ${first} on in ${seconds} s`);
  for (const { seed, disagreements } of found) {
    console.log(`seed ${seed}:\n  ${disagreements.join('\n  ')}\n  replay: npm run prove -- --seed ${seed}`);
  }
  if (found.length === 0) console.log('After each of them the catalog agreed with the vault.');
  return found.length === 0;
};

if (values.help) {
  console.log(usage);
} else {
  const agreed =
    values.seed === undefined
      ? await proveAll(
          number('first', values.first),
          number('schedules', values.schedules),
          number('threads', values.threads),
        )
      : await replay(number('seed', values.seed));
  process.exitCode = agreed ? 0 : 1;
}
