import { amount } from '../../core/amount.ts';
import { formatBytes, printable } from '../output.ts';
import type { OneSided } from './compare-vaults.ts';
import type { Survey } from './survey.ts';

/** A text answer names so many; all of them are in the answer with --json. */
const shown = 50;

/** What a rebuild takes of keys a second, two requests each: an estimate, which the first rehearsal replaces. */
const keysPerSecond = 500;

/** What `failover run` would find and do. */
export const failoverPlan = (seen: Survey, isDeployed: boolean): readonly string[] => {
  const { deployment, homeRegion, secondRegion, homeAnswers, copies } = seen;
  const minutes = Math.ceil(copies.keys / keysPerSecond / 60);
  return [
    `${homeRegion} ${homeAnswers ? 'answers: a failover is a rehearsal' : 'does not answer'}.`,
    `${secondRegion} has ${amount(copies.versions, 'version')} of ${amount(copies.keys, 'key')}, ${formatBytes(copies.bytes)}; the newest is of ${copies.newest ?? '–'}.`,
    ...describeDifference(seen),
    'The run will:',
    `  1. ${isDeployed ? 'find' : 'deploy'} the stack ${deployment}-standby${isDeployed ? '' : ' (about 6 minutes on AWS)'}`,
    `  2. make its catalog from the copies (about ${amount(minutes, 'minute')})`,
    '  3. compare catalog and copies, read a sample again',
    '  4. open the API, read-only; what was not copied is not there',
  ];
};

/** What was not copied: by name while the home region answers, by number from what S3 said last. */
export const describeDifference = ({ difference, lag, copies, homeRegion }: Survey): readonly string[] => {
  if (difference !== undefined) {
    const { notReplicated } = difference;
    if (notReplicated.length === 0) return ['Everything that is to be copied is copied.'];
    return [`${amount(notReplicated.length, 'version')} not copied:`, ...named(notReplicated)];
  }
  const { operations, bytes, seconds, at } = lag;
  const last =
    operations === undefined
      ? 'S3 has said nothing of what waits.'
      : `At ${at} S3 said: waiting ${amount(operations, 'operation')}, ${formatBytes(bytes ?? 0)}, the oldest for ${seconds ?? 0} s.`;
  return [
    last,
    `Which ones only ${homeRegion} can tell; \`failback plan\` names them once it is back. The newest copy is of ${copies.newest ?? '–'}: look for what was written after it.`,
  ];
};

/** What `failback run` would find and do. */
export const failbackPlan = (seen: Survey, written: readonly OneSided[]): readonly string[] => {
  if (seen.difference === undefined) return [`${seen.homeRegion} does not answer yet; there is nothing to go back to.`];
  return [
    ...describeDifference(seen),
    `${amount(seen.difference.onlyInSecond.length, 'version')} in ${seen.secondRegion} only: what the home region removed by itself stays there.`,
    ...(written.length === 0
      ? []
      : [`${written.length} of them written there since the failover; decide about them first:`, ...named(written)]),
    'The run will: wait until everything is copied, reconcile the home region, and remove the stack of the failover if nothing is unresolved.',
  ];
};

const named = (list: readonly OneSided[]): readonly string[] => [
  ...list
    .slice(0, shown)
    .map(({ key, versionId, bytes, marker, at }) =>
      printable(`  ${at}  ${marker ? 'deletion' : formatBytes(bytes)}  ${key}  ${versionId}`),
    ),
  ...(list.length > shown ? [`  … and ${list.length - shown} more; --json names all.`] : []),
];
