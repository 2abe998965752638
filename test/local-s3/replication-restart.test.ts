import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { minute, pairOn } from './replication-world.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let folder: string;
let server: S3Server;
const start = () => startS3({ dataDir: folder, database: join(folder, 'db.sqlite') });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mediakeep-replication-test-'));
  server = await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

it('makes the copies that a process which is gone still owed, and keeps the lag that was set', async () => {
  const before = pairOn(server);
  before.replication.set({ lagMs: 7 * minute });
  const { VersionId } = await before.put();
  await server.close();
  server = await start();
  const after = pairOn(server);
  const { lagMs, paused } = server.s3.replication.settings();
  server.clock.move(8 * minute);
  await after.replicate();

  expect([lagMs, paused]).toEqual([7 * minute, true]);
  expect(await after.readCopy(VersionId)).toBe('sound');
  expect((await after.head(VersionId)).ReplicationStatus).toBe('COMPLETED');
});
