import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueTokens } from '../../cli/local/admit-users.ts';
import { control } from '../../cli/local/control-client.ts';
import { newAssetId } from '../../core/asset-id.ts';
import { encodeFacts } from '../../core/facts.ts';
import { writePack } from '../../core/pack/format.ts';
import { packObjectKey } from '../../core/pack/pack-key.ts';
import type { Asset } from '../../core/schemas/asset.ts';
import { writeLocalState } from '../../local/state-file.ts';
import { runCli } from '../cli/run-cli.ts';
import { synthesize } from '../infra/synthesized.ts';
import { minutes } from './minutes.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { anyFile, freshContent } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let assembly: string;
const folder = mkdtempSync(join(tmpdir(), 'mediakeep-failover-'));
const env = { HOME: folder, MEDIAKEEP_STATE_DIR: join(folder, 'state'), MEDIAKEEP_CONFIG_DIR: join(folder, 'config') };

beforeAll(async () => {
  running = await runPlatform();
  assembly = synthesize({ standby: true, bundles: resolve('dist') }).outdir;
  writeLocalState(env.MEDIAKEEP_STATE_DIR, await stateWithUsers());
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
  rmSync(assembly, { recursive: true });
});

const stateWithUsers = async () => ({
  ...running.state,
  users: await issueTokens(running.platform, running.state),
});

const steer = (action: 'regions' | 'replication', change: unknown) =>
  control({ ...running.state, users: [] }, 'POST', action, JSON.stringify(change));

const cli = async (...argv: string[]) => {
  const { code, stdout, stderr } = await runCli(['--json', ...argv], { env });
  return { code, stderr, answer: stdout === '' ? undefined : JSON.parse(stdout) };
};

const store = async (): Promise<{ asset: Asset; content: Buffer }> => {
  const content = freshContent();
  return { asset: await running.as('ravi').store(content, { ...anyFile }), content };
};

/** Everything that a member can ask of an asset, on whichever side. */
const askedOf = async (assetId: string, ...how: readonly string[]) => {
  const [asset, versions, why] = await Promise.all([
    cli(...how, 'show', assetId),
    cli(...how, 'versions', assetId),
    cli(...how, 'why', assetId),
  ]);
  const { cataloguedAt: _, ...known } = asset.answer;
  return { asset: known, versions: versions.answer, why: why.answer };
};

/** A pack with one content, as packing leaves it in the vault, where the member's own key is empty. */
const putPack = async (packId: string, versionId: string) => {
  const [tenant, dataClass, at] = ['acme', 'transcription', '2026-01-02T03:04:05.000Z'];
  const content = JSON.stringify({ text: `what was said in ${packId}` });
  const assetId = newAssetId({ now: () => Date.parse(at), random: () => 0.1 });
  const told = { tenant, assetId, dataClass, filename: 'words.json', contentType: 'application/json', createdAt: at };
  const key = `processed/transcriptions/${tenant}/2026-01-02/${assetId}/words.json`;
  const facts = encodeFacts({ v: 1, ...told, uploader: 'u1', attributes: {} });
  const { body } = writePack({ tenant, dataClass }, [
    { assetId, key, versionId, at, etag: '"e"', facts, bytes: content.length, content: Buffer.from(content) },
  ]);
  const object = { Bucket: running.state.buckets.vault, Key: packObjectKey({ tenant, dataClass, packId }), Body: body };
  await running.s3.send(new PutObjectCommand({ ...object, ChecksumAlgorithm: 'SHA256' }));
  return { assetId, content };
};

/** Writes into the copies past every API. */
const putAbroad = async (Key: string) => {
  const { endpoint, regions, admin, replicas } = running.state;
  const s3 = new S3Client({ endpoint, region: regions[1] ?? '', forcePathStyle: true, credentials: { ...admin } });
  const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: replicas.vault, Key, Body: 'x' }));
  return {
    versionId: VersionId,
    remove: () => s3.send(new DeleteObjectCommand({ Bucket: replicas.vault, Key, VersionId })),
  };
};

const read = async (assetId: string, ...how: readonly string[]): Promise<Buffer> =>
  (await runCli([...how, 'get', assetId, '--output', '-'], { env })).bytes;

describe('the loss of the home region', () => {
  it('is survived by what was copied, names what was not, and ends with everything where it was', async () => {
    const [home = ''] = running.state.regions;
    const copied = await Promise.all([store(), store(), store()]);
    const ids = copied.map(({ asset }) => asset.assetId).sort();
    await settle(running);
    const packed = await putPack('01KDWZAYPACK00000000000001', copied[0].asset.currentVersionId ?? '');
    await running.platform.services.s3.replication.run();
    await steer('replication', { paused: true });
    const { asset: missing } = await store();
    await settle(running);
    // S3 publishes every five minutes how much waits.
    await running.platform.travelTo(running.platform.clock.now() + minutes(6));
    writeLocalState(env.MEDIAKEEP_STATE_DIR, await stateWithUsers());
    const before = await Promise.all(ids.map((id) => askedOf(id)));
    const plan = await cli('failover', 'plan', '--local');

    await steer('regions', { region: home, down: true });
    const lost = await cli('failover', 'plan', '--local');
    const failover = await cli('failover', 'run', '--local', '--assembly', assembly);
    const again = await cli('failover', 'run', '--local', '--assembly', assembly);
    const as = ['--standby', 'ravi'];
    const listed = await runCli(['--json', ...as, 'ls', '--class', anyFile.class], { env });
    const after = await Promise.all(ids.map((id) => askedOf(id, ...as)));
    const contents = await Promise.all(copied.map(({ asset }) => read(asset.assetId, ...as)));
    const small = await read(packed.assetId, ...as);
    const counted = await cli('--standby', 'asha', 'stats');
    const gone = await cli(...as, 'show', missing.assetId);
    const write = await cli('--standby', 'asha', 'rm', ids[0] ?? '');
    const stranger = await cli('--standby', 'nobody-here', 'ls', '--class', anyFile.class);
    const early = await cli('failback', 'run', '--local');

    await steer('regions', { region: home, down: false });
    const way = await cli('failback', 'plan', '--local');
    const kept = await cli('failback', 'run', '--local', '--wait', '0');
    const stillRead = await cli(...as, 'show', ids[0] ?? '');
    const stray = await putAbroad('raw/audio/acme/stray');
    const refused = await cli('failback', 'run', '--local');
    await stray.remove();
    await steer('replication', { paused: false });
    const back = await cli('failback', 'run', '--local', '--wait', '1');
    const found = await cli('reconcile', '--local');
    const home3 = await Promise.all(ids.map((id) => askedOf(id)));
    const rest = await running.as('ravi').asset(missing.assetId, { replication: true });
    expect(keysOf(plan.answer.difference.notReplicated)).toEqual([missing.key]);
    expect(lost.answer.homeAnswers).toBe(false);
    expect(lost.answer.lag.operations).toBeGreaterThan(0);
    expect(failover.answer.verification).toMatchObject({ keys: 3, rows: 3, sampled: 3, wrong: [] });
    expect(failover.answer.rebuilt).toMatchObject({ packs: 1, awaited: 0 });
    expect(small.toString()).toBe(packed.content);
    expect(counted.answer.total.assets).toBe(4);
    expect(again.answer.verifiedAt).toBe(failover.answer.verifiedAt);
    expect(after).toEqual(before);
    expect(contents.map((content) => content.toString('hex')).sort()).toEqual(
      copied.map(({ content }) => content.toString('hex')).sort(),
    );
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).assetId)
        .sort(),
    ).toEqual(ids);
    expect(gone.code).toBe(6);
    expect(write.stderr).toContain('read-only');
    expect(stranger.code).toBe(5);
    expect(early.stderr).toContain('does not answer yet');
    expect(keysOf(way.answer.difference.notReplicated)).toEqual([missing.key]);
    expect(kept).toMatchObject({ code: 3, answer: { removed: false, stillNotReplicated: [{ key: missing.key }] } });
    expect(kept.stderr).toContain('-standby is kept: 1 unresolved');
    expect(stillRead.answer.assetId).toBe(ids[0]);
    expect(refused).toMatchObject({ code: 7, answer: undefined });
    expect(refused.stderr).toContain(`raw/audio/acme/stray ${stray.versionId}`);
    expect(back.answer).toMatchObject({ stillNotReplicated: [], findings: [], unresolved: 0, removed: true });
    expect(found.answer.findings).toEqual([]);
    expect(home3).toEqual(before);
    expect(rest.value.copy).toMatchObject({ state: 'completed', found: true });
  });
});

const keysOf = (list: readonly { readonly key: string }[]): string[] => list.map(({ key }) => key);
