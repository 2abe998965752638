import { describe, expect, it } from 'vitest';
import { decodeFacts, type Facts } from '../../core/facts.ts';
import { digestMismatch } from '../../core/intake/check-landed.ts';
import { intakeObject } from '../../lambdas/intake/intake-object.ts';
import { SourceGoneError } from '../../lambdas/intake/ports.ts';
import { ClaimPendingError } from '../../lambdas/intake/resolve-claim.ts';
import { UnexpectedMessageError } from '../../lambdas/shared/s3-notification.ts';
import { assetIds, note, sha256Of, type UploadOptions, World } from './world.ts';

const [first = '', second = ''] = assetIds;
const vaultKeyOf = (assetId: string): string => `notes/t1/2026-05-01/${assetId}/note.json`;

describe('a good upload is promoted', () => {
  it.each(['put', 'post', 'multipart'] as const)('that came by %s', async (method) => {
    const world = new World();
    const version = world.upload(first, note(), { method });

    const outcome = await intakeObject(version, world.ports());

    expect(outcome).toEqual({ kind: 'accepted', assetId: first, dataClass: 'notes', bytes: note().length });
    expect(world.vault.get(vaultKeyOf(first))?.content).toEqual(note());
    expect(world.landed()).toEqual([]);
  });

  it('with its facts completed', async () => {
    const world = new World();
    const version = world.upload(first, note(), { facts: { subject: 's1', sha256: sha256Of(note()) } });

    await intakeObject({ ...version, at: version.at + 123 }, world.ports());

    const facts = decodeFacts(world.vault.get(vaultKeyOf(first))?.facts);
    expect(facts).toMatchObject({
      assetId: first,
      subject: 's1',
      media: { format: 'json', codec: 'utf-8' },
      landedAt: '2026-05-01T08:00:00.123Z',
    });
    expect(facts).not.toHaveProperty('sha256');
  });

  it('and its landing time is the second that S3 keeps where the event states nonsense', async () => {
    const world = new World();
    const version = world.upload(first, note());

    await intakeObject({ ...version, at: 0 }, world.ports());

    expect(decodeFacts(world.vault.get(vaultKeyOf(first))?.facts)?.landedAt).toBe('2026-05-01T08:00:00.000Z');
  });

  it.each([
    ['begin', { sha256: 'd29yZA==' }, undefined],
    ['end', {}, 'd29yZA=='],
  ])('in parts where it is past 5 GiB, with the client’s word of the %s kept as a word', async (_, told, word) => {
    const world = new World();
    const facts: Partial<Facts> = { contentType: 'application/octet-stream', ...told };
    const size = 6 * 1024 ** 3;
    const version = world.upload(first, note(), { method: 'multipart', facts, size, ...(word && { word }) });

    const outcome = await intakeObject(version, world.ports());

    expect(outcome).toMatchObject({ kind: 'accepted', bytes: size });
    const promoted = decodeFacts(world.vault.get(vaultKeyOf(first))?.facts);
    expect(promoted?.sha256).toBe('d29yZA==');
    expect(promoted).not.toHaveProperty('digest');
    expect([...world.rows.keys()].filter((key) => key.includes('#hash#'))).toEqual([]);
    expect(world.landed()).toEqual([]);
  });
});

describe('a bad upload is refused with a reason and stays in quarantine', () => {
  const cases: readonly [string, Uint8Array, UploadOptions, string][] = [
    ['no facts', note(), { header: undefined }, 'facts-missing'],
    ['facts that are none', note(), { header: 'AAAA' }, 'facts-missing'],
    ['facts without a time', note(), { facts: { createdAt: 'yesterday' } }, 'facts-missing'],
    ['facts of another tenant', note(), { facts: { tenant: 't2' } }, 'facts-mismatch'],
    ['facts of another asset', note(), { facts: { assetId: second } }, 'facts-mismatch'],
    ['another content type than announced', note(), { contentType: 'text/html' }, 'facts-mismatch'],
    ['no content type', note(), { contentType: undefined }, 'facts-mismatch'],
    ['another length than announced', note(), { facts: { bytes: 3 } }, 'size-mismatch'],
    ['another digest than announced', note(), { facts: { sha256: sha256Of(note(2)) } }, 'digest-mismatch'],
    ['an unknown class', note(), { facts: { dataClass: 'nothing' } }, 'class-unknown'],
    ['a sealed class', note(), { facts: { dataClass: 'sealed' } }, 'class-sealed'],
    ['no content', new Uint8Array(0), {}, 'empty'],
    ['more than the class takes', new Uint8Array(101), { facts: { dataClass: 'small' } }, 'too-large'],
    ['a transport encoding', note(), { contentEncoding: 'gzip' }, 'content-encoded'],
    ['a type that the class does not take', note(), { facts: { contentType: 'image/svg+xml' } }, 'type-not-accepted'],
    ['a content of another kind', new TextEncoder().encode('%PDF-1.7'), {}, 'type-mismatch'],
    ['a content that is broken', new TextEncoder().encode('{"a":}'), {}, 'unreadable'],
    ['facts that grow too large', note(), { facts: { attributes: { x: 'y'.repeat(1100) } } }, 'facts-too-large'],
  ];

  it.each(cases)('%s', async (_, content, options, reason) => {
    const world = new World();
    const version = world.upload(first, content, options);

    const outcome = await intakeObject(version, world.ports());

    expect(outcome).toEqual({ kind: 'rejected', assetId: first, reason });
    expect(world.row(first, 'rejected')).toMatchObject({ reason, rejectedAt: '2026-05-01T08:00:00.000Z' });
    expect(String(world.row(first, 'rejected')?.['message']).length).toBeGreaterThan(20);
    expect(world.landed()).toEqual([version.key]);
    expect(world.vault.size).toBe(0);
    expect([...world.rows.keys()].some((key) => key.includes('#hash#'))).toBe(false);
  });

  it('keeps the rejection for 30 days', async () => {
    const world = new World();

    await intakeObject(world.upload(first, new Uint8Array(0)), world.ports());

    expect(world.row(first, 'rejected')?.['expiresAt']).toBe(Date.parse('2026-05-31T08:00:00Z') / 1000);
  });

  it('holds a multipart upload against the word that its client gave at the end', async () => {
    const world = new World();
    const version = world.upload(first, note(), { method: 'multipart', word: sha256Of(note(2)) });

    const outcome = await intakeObject(version, world.ports());

    expect(outcome).toMatchObject({ kind: 'rejected', reason: digestMismatch.reason });
    expect(world.landed()).toEqual([version.key]);
    expect(world.vault.size).toBe(0);
  });

  it('takes SDK framing for no encoding', async () => {
    const world = new World();

    const outcome = await intakeObject(world.upload(first, note(), { contentEncoding: 'aws-chunked' }), world.ports());

    expect(outcome.kind).toBe('accepted');
  });
});

describe('a content that is there already is not stored twice', () => {
  it('resolves the second upload to the first asset', async () => {
    const world = new World();
    await intakeObject(world.upload(first, note()), world.ports());

    const outcome = await intakeObject(world.upload(second, note()), world.ports());

    expect(outcome).toMatchObject({ kind: 'duplicate', duplicateOf: first });
    expect(world.row(second, 'duplicate')).toMatchObject({ duplicateOf: first, uploader: 'user-1' });
    expect([...world.vault.keys()]).toEqual([vaultKeyOf(first)]);
    expect(world.landed()).toEqual([]);
  });

  it('by whichever way each came, and leaves no staged copy', async () => {
    const world = new World();
    await intakeObject(world.upload(first, note(), { method: 'multipart' }), world.ports());

    const outcome = await intakeObject(world.upload(second, note(), { method: 'put' }), world.ports());

    expect(outcome.kind).toBe('duplicate');
    expect(world.landed()).toEqual([]);
  });

  it.each([
    ['subject', { subject: 's2' }],
    ['case', { case: 'B-2' }],
    ['class', { dataClass: 'small' }],
  ] as const)('but is stored for another %s', async (_, facts) => {
    const world = new World();
    await intakeObject(world.upload(first, note()), world.ports());

    const outcome = await intakeObject(world.upload(second, note(), { facts }), world.ports());

    expect(outcome.kind).toBe('accepted');
    expect(world.vault.size).toBe(2);
  });

  it('learns and loses nothing by a client’s false word', async () => {
    const world = new World();
    await intakeObject(world.upload(first, note()), world.ports());
    const version = world.upload(second, note(2), { method: 'multipart', word: sha256Of(note()) });

    const outcome = await intakeObject(version, world.ports());

    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'digest-mismatch' });
    expect(world.row(second, 'duplicate')).toBeUndefined();
  });

  it('waits while the other upload is on its way', async () => {
    const world = new World();
    world.setClaim(world.claimOf(first, note()), 'claimed', world.now - 60_000);
    const version = world.upload(second, note());

    await expect(intakeObject(version, world.ports())).rejects.toThrow(ClaimPendingError);

    expect(world.landed()).toEqual([version.key]);
    expect(world.vault.size).toBe(0);
  });

  it('takes over a claim that nobody followed up for 20 minutes', async () => {
    const world = new World();
    world.setClaim(world.claimOf(first, note()), 'claimed', world.now - 20 * 60_000);

    const outcome = await intakeObject(world.upload(second, note()), world.ports());

    expect(outcome.kind).toBe('accepted');
    expect(world.vault.has(vaultKeyOf(second))).toBe(true);
  });

  it('takes over the claim of an asset that was deleted', async () => {
    const world = new World();
    world.setClaim(world.claimOf(first, note()), 'stored', world.now);

    const outcome = await intakeObject(world.upload(second, note()), world.ports());

    expect(outcome.kind).toBe('accepted');
  });

  it('goes on with a claim of its own', async () => {
    const world = new World();
    world.setClaim(world.claimOf(first, note()), 'claimed', world.now - 3_600_000);

    const outcome = await intakeObject(world.upload(first, note()), world.ports());

    expect(outcome.kind).toBe('accepted');
  });
});

describe('only the version that was checked is promoted', () => {
  it('although another one is posted under the key in the meantime', async () => {
    const world = new World();
    const version = world.upload(first, note(1), { method: 'post' });
    const ports = world.ports(async (name, effect) => {
      if (name === 'vault.copy') world.upload(first, new TextEncoder().encode('<html>'), { method: 'post' });
      return effect();
    });

    await intakeObject(version, ports);

    expect(world.vault.get(vaultKeyOf(first))?.content).toEqual(note(1));
  });

  it('and a later version of the key is dropped, whether or not the catalog knows the first', async () => {
    const world = new World();
    await intakeObject(world.upload(first, note(1), { method: 'post' }), world.ports());

    await intakeObject(world.upload(first, note(2), { method: 'post' }), world.ports());
    world.setRow(first, 'asset', {});
    const outcome = await intakeObject(world.upload(first, note(3), { method: 'post' }), world.ports());

    expect(outcome).toEqual({ kind: 'decided', assetId: first });
    expect(world.vault.get(vaultKeyOf(first))?.content).toEqual(note(1));
    expect(world.landed()).toEqual([]);
    expect(world.warnings).toEqual(['a second content under one key is dropped']);
  });

  it('and nothing at all where the version vanishes at any step', async () => {
    for (const step of ['landing.head', 'landing.read', 'landing.stage', 'vault.copy']) {
      const world = new World();
      const version = world.upload(first, note(), { method: 'multipart' });
      const ports = world.ports(async (name, effect) => {
        if (name === step) world.landing.clear();
        return effect();
      });

      expect(await intakeObject(version, ports)).toEqual({ kind: 'vanished', assetId: first });
      expect(world.vault.size).toBe(0);
    }
  });
});

describe('a version that is not in landing', () => {
  const late = 3_600_001;

  it('is lost where nobody decided about it and no row is to be awaited any more', async () => {
    const world = new World();
    const version = world.upload(first, note());
    world.landing.clear();
    world.now += late;

    expect(await intakeObject(version, world.ports())).toEqual({ kind: 'lost', tenant: 't1', assetId: first });
    expect(await intakeObject({ ...version, at: undefined }, world.ports())).toMatchObject({ kind: 'lost' });
  });

  it.each(['asset', 'duplicate', 'rejected'])('is no loss where its row %s says what became of it', async (row) => {
    const world = new World();
    const version = world.upload(first, note());
    world.landing.clear();
    world.setRow(first, row, {});
    world.now += late;

    expect(await intakeObject(version, world.ports())).toEqual({ kind: 'decided', assetId: first });
  });

  it('is no loss while the catalog may still hear of what another delivery promoted', async () => {
    const world = new World();
    const version = world.upload(first, note());
    await intakeObject(version, world.ports());

    expect(await intakeObject(version, world.ports())).toEqual({ kind: 'vanished', assetId: first });
  });

  it('is looked at again where it goes in the middle of a late look', async () => {
    const world = new World();
    const version = world.upload(first, note());
    world.now += late;
    const ports = world.ports(async (name, effect) => {
      if (name === 'landing.read') world.landing.clear();
      return effect();
    });

    await expect(intakeObject(version, ports)).rejects.toThrow(SourceGoneError);
    expect(await intakeObject(version, world.ports())).toMatchObject({ kind: 'lost' });
  });
});

describe('events of things that no upload is', () => {
  it.each([
    'elsewhere/t1/x',
    'put/t1',
    `put/t1/${first}/more`,
    `put//${first}`,
    `PUT/t1/${first}`,
    `staged/t1/${first}`,
  ])('%s goes to the dead letters', async (key) => {
    const world = new World();

    await expect(intakeObject({ key, versionId: 'v1', at: undefined }, world.ports())).rejects.toThrow(
      UnexpectedMessageError,
    );
  });
});
