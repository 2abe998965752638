import { Mediakeep } from '../../client/index.ts';
import { openFile } from '../../client/node/index.ts';
import { forEachParallel } from '../../client/parallel.ts';
import type { LocalState } from '../../local/state-file.ts';
import type { Output } from '../output.ts';
import { formatBytes, formatDuration } from '../output.ts';
import { readSamples } from './sample-files.ts';

const parallel = 4;

/** Sends the samples through the front door, and tells what became of each. */
export const uploadSamples = async (state: LocalState, output: Output): Promise<void> => {
  const [user] = state.users;
  const client = new Mediakeep({ api: state.api, token: () => user?.token ?? '' });
  await forEachParallel(readSamples(), parallel, async ({ path, title, facts }) => {
    await using content = await openFile(path);
    const { assetId, state: end } = await client.upload(content, facts);
    const { value: asset } = await client.asset(assetId);
    const length = asset.durationMs === undefined ? '' : `, ${formatDuration(asset.durationMs)} long`;
    const size = asset.width === undefined ? '' : `, ${asset.width}×${asset.height}`;
    const became = end === 'duplicate' ? 'was there already as' : 'is stored as';
    output.line(
      `  ${title.padEnd(36)} ${facts.class.padEnd(14)} ${formatBytes(asset.bytes)}${length}${size} ${became} ${assetId}`,
    );
  });
};
