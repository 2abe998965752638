import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorTarget } from '../../cli/operator/operator-target.ts';
import { parseMoment } from '../../cli/recovery/moment.ts';
import { type LocalState, writeLocalState } from '../../local/state-file.ts';

const state: LocalState = {
  endpoint: 'http://127.0.0.1:1',
  api: 'http://127.0.0.1:2',
  issuer: 'http://127.0.0.1:3',
  regions: ['ap-south-1', 'ap-south-2'],
  buckets: { landing: 'l', vault: 'my-keep-vault-000000000000-ap-south-1-an', scratch: 's', audit: 'a', logs: 'g' },
  tables: { catalog: 'table' },
  replicas: { vault: 'rv', audit: 'ra' },
  queues: {},
  functions: { recover: 'recover-1' },
  userPoolId: 'pool',
  clientId: 'client',
  users: [],
  admin: { accessKeyId: 'k', secretAccessKey: 's' },
  pid: process.pid,
  startedAt: '2027-01-01T00:00:00.000Z',
};

const folder = (): string => mkdtempSync(join(tmpdir(), 'mediakeep-operator-'));

describe('an operator', () => {
  it('reaches the platform of this machine by its state', async () => {
    const stateDir = folder();
    writeLocalState(stateDir, state);

    const target = await operatorTarget({ local: true }, { env: {}, stateDir });

    expect(target).toMatchObject({
      deployment: 'my-keep',
      region: 'ap-south-1',
      secondRegion: 'ap-south-2',
      local: true,
    });
    expect(target.aws('ap-south-2')).toMatchObject({ region: 'ap-south-2', endpoint: 'http://127.0.0.1:1' });
    expect(await target.functionName('recover')).toBe('recover-1');
    await expect(target.functionName('other')).rejects.toThrow('no function `other`; it has recover');
  });

  it('is told what is missing', async () => {
    const stateDir = folder();

    await expect(operatorTarget({ local: true }, { env: {}, stateDir })).rejects.toThrow('No platform has run here');
    await expect(operatorTarget({}, { env: {}, stateDir })).rejects.toThrow('Say --region');
  });
});

describe('an instant on the command line', () => {
  const now = Date.UTC(2027, 0, 10);

  it.each([
    ['-5m', '2027-01-09T23:55:00.000Z'],
    ['-2h', '2027-01-09T22:00:00.000Z'],
    ['-3d', '2027-01-07T00:00:00.000Z'],
    ['2027-01-01T08:00:00Z', '2027-01-01T08:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseMoment(text, now)).toISOString()).toBe(expected);
  });

  it.each(['', '5m', 'yesterday', '2027-01-01', '-5w'])('`%s` is none', (text) => {
    expect(() => parseMoment(text, now)).toThrow('is no instant');
  });
});
